import type { CallOptions } from '../../storage/contract.js'
import { throwIfPast } from '../../storage/deadline.js'

/** The call of the contract for which commands are sent. */
export interface Call {
  readonly operation: string
  readonly options?: Pick<CallOptions, 'deadline'>
  /** The end of the caller's deadline on the monotonic clock, `performance.now()`. */
  readonly givesUpAt?: number | undefined
}

/** Must be made when the call comes in, because its time starts then. */
export const callOf = (operation: string, options: Pick<CallOptions, 'deadline'>): Call => ({
  operation,
  options,
  givesUpAt: options.deadline && performance.now() + options.deadline.leftMs,
})

/** Called after a wait. If the caller has given up, throws the reason of its signal. */
export const throwIfGivenUp = ({ options }: Call): void => throwIfPast(options?.deadline)
