import type { Write } from '../embedded/records.js'
import type { Job } from './write-queue.js'

/** A change was over a limit, and was undone without the others of its transaction. */
export class Refused extends Error {}

/** The change of one call, whose caller waits for a promise. */
export function jobOf<T>(
  { options }: Write,
  change: () => T,
  resolve: (value: T) => void,
  reject: (error: unknown) => void,
): Job {
  let settle = () => {}
  const isGivenUp = () => options?.deadline?.isPast ?? false
  const giveUp = () => reject(options?.deadline?.signal.reason)
  return {
    endIfGivenUp() {
      const given = isGivenUp()
      if (given) giveUp()
      return given
    },
    attempt() {
      settle = isGivenUp() ? giveUp : outcomeOf(change, resolve, reject)
    },
    settle: () => settle(),
    fail: reject,
  }
}

function outcomeOf<T>(change: () => T, resolve: (value: T) => void, reject: (error: unknown) => void): () => void {
  try {
    const value = change()
    return () => resolve(value)
  } catch (error) {
    if (error instanceof Refused) return () => reject(error)
    throw error
  }
}
