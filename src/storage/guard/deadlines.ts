import type { Clock } from '../../support/clock.js'
import type { EpochMs } from '../contract.js'

/** Something that is given so long and no longer. */
export interface Expiring {
  expire(): void
}

/** The deadlines of all calls under way. They have the same length, so that one timer, for the oldest, serves all. */
export class Deadlines<Call extends Expiring> {
  readonly #clock: Clock
  readonly #lengthMs: number
  /** With the time of each, oldest first. */
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
