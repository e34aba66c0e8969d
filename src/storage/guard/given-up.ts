import type { CallOptions } from '../contract.js'

type Caller = Pick<CallOptions, 'hasGivenUp' | 'signal'>

/** Asks for no signal where the answer is there without: making one takes longer than many a call. */
export const hasGivenUp = (caller: Caller): boolean => caller.hasGivenUp ?? caller.signal?.aborted ?? false

/** For a driver that is about to begin what it could not begin at once. Throws the reason of the caller's signal. */
export function throwIfGivenUp(caller: Caller): void {
  if (hasGivenUp(caller)) caller.signal?.throwIfAborted()
}
