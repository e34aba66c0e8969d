import type { Clock } from '../../support/clock.js'
import type { EpochMs } from '../contract.js'

/** A call that ends when its time is up, with its neighbours in the list of the calls under way. */
export interface Expiring<Call> {
  readonly endsAt: EpochMs
  previous: Call | undefined
  next: Call | undefined
  expire(): void
}

/**
 * The deadlines of all calls under way. All have the same length, so one timer, for the oldest, is enough. The calls form a
 * list, the oldest first. A Set grows a new table every few calls, and the old one keeps those that were in it, with
 * everything that waits for them, until the garbage collector looks at the whole heap.
 */
export class Deadlines<Call extends Expiring<Call>> {
  readonly #clock: Clock
  readonly #lengthMs: number
  #first: Call | undefined
  #last: Call | undefined
  #isTimed = false

  constructor(clock: Clock, lengthMs: number) {
    this.#clock = clock
    this.#lengthMs = lengthMs
  }

  begin(call: Call): void {
    call.previous = this.#last
    if (this.#last) this.#last.next = call
    else this.#first = call
    this.#last = call
    if (!this.#isTimed) this.#timeNext(this.#lengthMs)
  }

  /** Does nothing for a call that has expired. */
  end(call: Call): void {
    const { next, previous } = call
    if (!previous && this.#first !== call) return
    if (previous) previous.next = next
    else this.#first = next
    if (next) next.previous = previous
    else this.#last = previous
    call.previous = undefined
    call.next = undefined
  }

  #timeNext(delayMs: number): void {
    this.#isTimed = true
    this.#clock.schedule(() => this.#expireDue(), delayMs)
  }

  #expireDue(): void {
    this.#isTimed = false
    const now = this.#clock.now()
    for (let call = this.#first; call; call = this.#first) {
      if (call.endsAt > now) {
        this.#timeNext(call.endsAt - now)
        return
      }
      this.end(call)
      call.expire()
    }
  }
}
