import type { Deadline } from './contract.js'

/** Called by a driver before it begins a call late, after a wait. If the deadline has passed, throws the reason of the caller's signal. */
export function throwIfPast(deadline: Deadline | undefined): void {
  if (deadline?.isPast) deadline.signal.throwIfAborted()
}
