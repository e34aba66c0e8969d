import type { Deadline } from '../../src/storage/contract.js'

/** A deadline that passes when the signal aborts; a store is told that so much time is left. */
export const deadlineOf = (signal: AbortSignal, leftMs: number): Deadline => ({
  leftMs,
  signal,
  get isPast() {
    return signal.aborted
  },
})
