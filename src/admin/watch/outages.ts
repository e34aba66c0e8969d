import { channels, type OutageChange } from '../../diagnostics/channels.js'
import type { Clock } from '../../support/clock.js'
import { Ring } from './ring.js'

/** A time in which a store was unavailable. */
export interface Outage {
  /** In milliseconds since 1970. */
  readonly from: number
  /** Absent while it lasts. */
  readonly lastedMs?: number
  /** The last one that was reported: the first is often no more than that the connection closed. */
  readonly reason?: string
  /** How many calls failed meanwhile. */
  readonly failures?: number
}

const kept = 100

/** The last 100 outages of each cache since the start of this process. */
export class Outages {
  readonly #clock: Clock
  readonly #caches: ReadonlySet<string>
  readonly #past = new Map<string, Ring<Outage>>()
  readonly #present = new Map<string, Outage>()
  readonly #listener = (message: unknown) => this.#hear(message as OutageChange)

  constructor(clock: Clock, caches: Iterable<string>) {
    this.#clock = clock
    this.#caches = new Set(caches)
  }

  start(): void {
    channels.outage.subscribe(this.#listener)
  }

  stop(): void {
    channels.outage.unsubscribe(this.#listener)
  }

  /** From the newest on; the present one, if there is one, first. */
  of(cache: string): readonly Outage[] {
    const present = this.#present.get(cache)
    return [...(present ? [present] : []), ...(this.#past.get(cache)?.entries.toReversed() ?? [])]
  }

  #hear({ cache, durationMs = 0, failures, isAvailable, reason }: OutageChange): void {
    if (!this.#caches.has(cache)) return
    if (!isAvailable) {
      const from = this.#present.get(cache)?.from ?? this.#clock.now()
      this.#present.set(cache, { from, ...(reason !== undefined && { reason }) })
      return
    }
    const begun = this.#present.get(cache) ?? { from: this.#clock.now() - durationMs }
    this.#present.delete(cache)
    const past = this.#past.get(cache) ?? new Ring<Outage>(kept)
    this.#past.set(cache, past)
    past.push({ ...begun, lastedMs: durationMs, ...(failures !== undefined && { failures }) })
  }
}
