import { channels, type StoreCall } from '../../diagnostics/channels.js'
import { traced } from '../../diagnostics/traced.js'

/** The names of calls and of their outcomes, as they are published. */
export interface CallNaming {
  /** Comes before the name of the operation. */
  readonly prefix: string
  outcomeOf(operation: string, answer: unknown): string | undefined
}

/** Publishes the calls of one space, or those of the whole cache. Used only while the channel has subscribers. */
export class PublishedCalls {
  readonly #of: Omit<StoreCall, 'operation'>
  readonly #naming: CallNaming

  constructor({ cache, driver }: Pick<StoreCall, 'cache' | 'driver'>, space?: string, naming = recordCalls) {
    this.#of = space === undefined ? { cache, driver } : { cache, driver, space }
    this.#naming = naming
  }

  /** Runs a call, which may answer at once. */
  run<Answer>(operation: string, call: () => Answer): Answer {
    const message: StoreCall = { ...this.#of, operation: `${this.#naming.prefix}${operation}` }
    return traced(channels.store, message, call, (answer) => {
      const outcome = this.#naming.outcomeOf(operation, answer)
      if (outcome !== undefined) message.outcome = outcome
    })
  }
}

/** Most answers about records have a status. */
const recordCalls: CallNaming = {
  prefix: '',
  outcomeOf(operation, answer) {
    if (operation === 'matches') return answer ? 'matched' : 'differs'
    const status = typeof answer === 'object' && answer !== null && 'status' in answer ? answer.status : undefined
    return typeof status === 'string' ? status : undefined
  },
}
