import type { Cancel, Clock } from '../../support/clock.js'
import type { EpochMs } from '../contract.js'

/**
 * The time of the store, as far as it has one of its own, so that all nodes live by the same: a node whose clock is wrong
 * ends nobody early.
 */
export class StoreClock implements Clock {
  readonly #node: Clock
  #offsetMs = 0

  constructor(node: Clock) {
    this.#node = node
  }

  /** How far the store's time is ahead of this node's. */
  get offsetMs(): number {
    return this.#offsetMs
  }

  now(): EpochMs {
    return this.#node.now() + this.#offsetMs
  }

  schedule(task: () => void, delayMs: number): Cancel {
    return this.#node.schedule(task, delayMs)
  }

  /** The store told its time between these two moments of this node. Differences that the way explains change nothing. */
  adjust(storeTime: EpochMs, askedAt: EpochMs, answeredAt: EpochMs): void {
    const uncertainMs = (answeredAt - askedAt) / 2
    const offsetMs = Math.round(storeTime - askedAt - uncertainMs)
    if (Math.abs(offsetMs - this.#offsetMs) > uncertainMs) this.#offsetMs = offsetMs
  }
}
