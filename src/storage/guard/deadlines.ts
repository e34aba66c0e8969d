import type { Clock } from '../../support/clock.js'
import type { EpochMs } from '../contract.js'

/** A call that ends when its time is up. */
export interface Expiring {
  expire(): void
}

/** The deadlines of all calls under way. All have the same length, so one timer, for the oldest, is enough. */
export class Deadlines<Call extends Expiring> {
  readonly #clock: Clock
  readonly #lengthMs: number
  /** Each call with the time of its deadline, oldest first. */
  readonly #pending = new Map<Call, EpochMs>()
  #isTimed = false

  constructor(clock: Clock, lengthMs: number) {
    this.#clock = clock
    this.#lengthMs = lengthMs
  }

  begin(call: Call): void {
    this.#pending.set(call, this.#clock.now() + this.#lengthMs)
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
    for (const [call, at] of this.#pending) {
      if (at > now) {
        this.#timeNext(at - now)
        return
      }
      this.#pending.delete(call)
      call.expire()
    }
  }
}
