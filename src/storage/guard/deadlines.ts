import type { Clock } from '../../support/clock.js'
import type { EpochMs } from '../contract.js'

/** A call that ends when its time is up. */
export interface Expiring {
  readonly endsAt: EpochMs
  expire(): void
}

/** The deadlines of all calls under way. All have the same length, so one timer, for the oldest, is enough. */
export class Deadlines<Call extends Expiring> {
  readonly #clock: Clock
  readonly #lengthMs: number
  /** The call that ends first comes first. */
  readonly #pending = new Set<Call>()
  #isTimed = false

  constructor(clock: Clock, lengthMs: number) {
    this.#clock = clock
    this.#lengthMs = lengthMs
  }

  begin(call: Call): void {
    this.#pending.add(call)
    if (!this.#isTimed) this.#timeNext(this.#lengthMs)
  }

  end(call: Call): void {
    this.#pending.delete(call)
  }

  #timeNext(delayMs: number): void {
    this.#isTimed = true
    this.#clock.schedule(() => this.#expireDue(), delayMs)
  }

  #expireDue(): void {
    this.#isTimed = false
    const now = this.#clock.now()
    for (const call of this.#pending) {
      if (call.endsAt > now) {
        this.#timeNext(call.endsAt - now)
        return
      }
      this.#pending.delete(call)
      call.expire()
    }
  }
}
