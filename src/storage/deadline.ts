import type { Deadline } from './contract.js'

/** For a driver that is about to begin what it could not begin at once. Throws the reason of the caller's signal. */
export function throwIfPast(deadline: Deadline | undefined): void {
  if (deadline?.isPast) deadline.signal.throwIfAborted()
}
