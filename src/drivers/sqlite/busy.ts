import { setTimeout } from 'node:timers/promises'
import { Backoff } from '../../support/backoff.js'
import { resultCodeOf } from './client.js'
import * as codes from './result-codes.js'

/** The pauses between attempts: a transaction of another process takes a millisecond or so. */
const firstPauseMs = 1
const longestPauseMs = 16

export const pauses = (): Backoff => new Backoff(firstPauseMs, longestPauseMs)

/** Whether another process holds the lock, so that the same may succeed soon. */
export function isBusy(error: unknown): boolean {
  const code = resultCodeOf(error)
  return code === codes.busy || code === codes.lockingProtocol
}

/** Repeats `task` while the file is busy. `mayRepeat` is called before each repetition, and throws to end it. */
export async function onceFree<T>(task: () => T, mayRepeat: (error: unknown) => void): Promise<T> {
  const between = pauses()
  for (;;) {
    try {
      return task()
    } catch (error) {
      if (!isBusy(error)) throw error
      await setTimeout(between.next())
      mayRepeat(error)
    }
  }
}
