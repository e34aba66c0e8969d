import { reasonOf } from '../../errors/scopes-error.js'
import type { ScopeEventMap } from '../../scopes/events.js'
import type { Clock } from '../../support/clock.js'
import type { OperatedApplication } from '../operated.js'
import { Ring } from './ring.js'

/** Something that happened on this node. */
export interface LoggedEvent {
  /** Counts up from 1. */
  readonly number: number
  /** In milliseconds since 1970. */
  readonly at: number
  readonly application: string
  /** As in `session:end`. */
  readonly event: string
  readonly scope?: string
  readonly id?: string
  /** What else is known, as in `reason timeout`. */
  readonly detail: string
}

const kept = 500
const longestDetail = 300

const names = [
  ...(['session', 'client'] as const).flatMap((scope) =>
    (['start', 'rotate', 'login', 'refused', 'end', 'dead-letter'] as const).map(
      (event) => `${scope}:${event}` as const,
    ),
  ),
  'scope:lost',
  'scope:undecodable',
  'scope:late-change',
  'scope:late-operation',
  'storage:unavailable',
  'storage:available',
] as const satisfies readonly (keyof ScopeEventMap)[]

/** The last 500 events of all applications on this node. */
export class EventLog {
  readonly #clock: Clock
  readonly #ring = new Ring<LoggedEvent>(kept)
  readonly #removals: (() => void)[] = []
  #count = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  listenTo(name: string, { events }: OperatedApplication): void {
    for (const event of names) {
      const listener = (what: object) => this.#add(name, event, what)
      events.on<never>(event as never, listener as never)
      this.#removals.push(() => events.off<never>(event as never, listener as never))
    }
  }

  stop(): void {
    for (const remove of this.#removals.splice(0)) remove()
  }

  /** Those with a higher number, from the newest on. */
  after(number: number): readonly LoggedEvent[] {
    return this.#ring.entries.filter((event) => event.number > number).reverse()
  }

  #add(application: string, event: string, what: { readonly scope?: string; readonly id?: string }): void {
    const { id, scope, ...details } = what
    this.#count += 1
    this.#ring.push({
      number: this.#count,
      at: this.#clock.now(),
      application,
      event,
      ...(scope !== undefined && { scope }),
      ...(id !== undefined && { id }),
      detail: detailOf(details).slice(0, longestDetail),
    })
  }
}

const detailOf = (details: object): string =>
  Object.entries(details)
    .map(([name, value]) => `${name} ${value instanceof Error ? reasonOf(value) : String(value)}`)
    .join(', ')
