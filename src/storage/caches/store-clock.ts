import type { Cancel, Clock } from '../../support/clock.js'
import type { EpochMs } from '../contract.js'

/**
 * The store's time if it has a clock, else this node's. All nodes use the same time, so a node whose clock is wrong ends
 * no record early.
 */
export class StoreClock implements Clock {
  readonly #node: Clock
  #offsetMs = 0

  constructor(node: Clock) {
    this.#node = node
  }

  /** The milliseconds that the store's time is ahead of this node's. */
  get offsetMs(): number {
    return this.#offsetMs
  }

  now(): EpochMs {
    return this.#node.now() + this.#offsetMs
  }

  schedule(task: () => void, delayMs: number): Cancel {
    return this.#node.schedule(task, delayMs)
  }

  /** Takes the store's time, measured between two moments of this node. Differences that the round trip explains are ignored. */
  adjust(storeTime: EpochMs, askedAt: EpochMs, answeredAt: EpochMs): void {
    const uncertainMs = (answeredAt - askedAt) / 2
    const offsetMs = Math.round(storeTime - askedAt - uncertainMs)
    if (Math.abs(offsetMs - this.#offsetMs) > uncertainMs) this.#offsetMs = offsetMs
  }
}
