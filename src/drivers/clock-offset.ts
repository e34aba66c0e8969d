import type { EpochMs } from '../storage/contract.js'

export interface ClockReading {
  /** The time of the store. */
  readonly time: EpochMs
  /** How far the clock of the store is ahead of `performance.now()`, in ms. */
  readonly offsetMs: number
  /** The possible error of the offset, in ms. */
  readonly uncertainMs: number
}

/** The clock of a store, compared with the monotonic clock of this process. */
export class ClockOffset {
  #offsetMs: number | undefined

  /** Asks the store for its time. Must be repeated when the store may have been replaced, or its clock set. */
  async measure(askTime: () => Promise<EpochMs>): Promise<ClockReading> {
    const askedAt = performance.now()
    const time = await askTime()
    const uncertainMs = (performance.now() - askedAt) / 2
    const offsetMs = time - askedAt - uncertainMs
    // Differences that the round trip explains are no news.
    if (this.#offsetMs === undefined || Math.abs(offsetMs - this.#offsetMs) > uncertainMs) this.#offsetMs = offsetMs
    return { time, offsetMs, uncertainMs }
  }

  /** A time of `performance.now()` by the clock of the store. undefined if there is none, or the store was never asked. */
  timeOf(monotonic: number | undefined): EpochMs | undefined {
    if (monotonic === undefined || this.#offsetMs === undefined) return undefined
    return Math.ceil(monotonic + this.#offsetMs)
  }
}
