import type { EpochMs } from '../../storage/contract.js'

/** What a store answers when it is asked for its time. */
interface Timed {
  /** In ms since 1970. */
  readonly time: EpochMs
}

export interface ClockReading extends Timed {
  /** How far the clock of the store is ahead of `performance.now()`, in ms. */
  readonly offsetMs: number
  /** The possible error of the offset, in ms. */
  readonly uncertainMs: number
}

/** Reads the clock of a store. `resolutionMs`: in what steps the store tells its time. */
export async function readClock<Answer extends Timed>(
  ask: () => Promise<Answer>,
  resolutionMs = 0,
): Promise<Answer & ClockReading> {
  const askedAt = performance.now()
  const answer = await ask()
  const halfWayMs = (performance.now() - askedAt) / 2
  return { ...answer, offsetMs: answer.time - askedAt - halfWayMs, uncertainMs: halfWayMs + resolutionMs }
}

/** The clock of a store, compared with the monotonic clock of this process. */
export class ClockOffset {
  #offsetMs: number | undefined

  /** Must be called with a new reading when the store may have been replaced, or its clock set. */
  learn({ offsetMs, uncertainMs }: ClockReading): void {
    if (!Number.isFinite(offsetMs)) return
    // Differences that the round trip explains are no news.
    if (this.#offsetMs === undefined || Math.abs(offsetMs - this.#offsetMs) > uncertainMs) this.#offsetMs = offsetMs
  }

  /** A time of `performance.now()` by the clock of the store. undefined if there is none, or the store was never asked. */
  timeOf(monotonic: number | undefined): EpochMs | undefined {
    if (monotonic === undefined || this.#offsetMs === undefined) return undefined
    return Math.ceil(monotonic + this.#offsetMs)
  }
}
