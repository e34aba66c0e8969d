import { reasonOf } from '../../errors/scopes-error.js'
import type { Clock } from '../../support/clock.js'
import type { Operated } from '../operated.js'

/** The number of live records of a scope, or why it is not known. */
export type Count = { readonly count: number } | { readonly problem: string }

const freshMs = 10_000

/** The numbers of records in the stores. Each is asked for only when a page needs it, and at most every 10 s. */
export class Counts {
  readonly #applications: Operated['applications']
  readonly #clock: Clock
  readonly #asked = new Map<string, { readonly at: number; readonly answer: Promise<Count>; known?: Count }>()

  constructor({ applications, clock }: Pick<Operated, 'applications' | 'clock'>) {
    this.#applications = applications
    this.#clock = clock
  }

  /** By scope, as in `shop:session`. */
  async all(): Promise<ReadonlyMap<string, Count>> {
    const scopes = [...this.#applications].flatMap(([name, { directories }]) =>
      [...directories].map(([kind, directory]) => [`${name}:${kind}`, directory] as const),
    )
    return new Map(
      await Promise.all(scopes.map(async ([scope, directory]) => [scope, await this.#of(scope, directory)] as const)),
    )
  }

  /** The numbers that were asked for in the last 10 s. */
  recent(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      [...this.#asked].flatMap(([scope, { at, known }]) =>
        known && 'count' in known && this.#clock.now() - at <= freshMs ? [[scope, known.count]] : [],
      ),
    )
  }

  #of(scope: string, directory: { count(): Promise<number> }): Promise<Count> {
    const asked = this.#asked.get(scope)
    if (asked && this.#clock.now() - asked.at < freshMs) return asked.answer
    const answer = directory.count().then(
      (count) => ({ count }),
      (error) => ({ problem: reasonOf(error) }),
    )
    const asking: { at: number; answer: Promise<Count>; known?: Count } = { at: this.#clock.now(), answer }
    this.#asked.set(scope, asking)
    void answer.then((known) => {
      asking.known = known
    })
    return answer
  }
}
