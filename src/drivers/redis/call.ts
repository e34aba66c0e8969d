import type { CallOptions } from '../../storage/contract.js'
import { throwIfPast } from '../../storage/deadline.js'

/** On whose behalf a command is sent. */
export interface Call {
  readonly operation: string
  readonly options?: Pick<CallOptions, 'deadline'>
  /** By the clock of this process that only runs forward, `performance.now()`. */
  readonly givesUpAt?: number | undefined
}

/** To be made when the call comes in, because its time is running from then on. */
export const callOf = (operation: string, options: Pick<CallOptions, 'deadline'>): Call => ({
  operation,
  options,
  givesUpAt: options.deadline && performance.now() + options.deadline.leftMs,
})

/** After a wait. Throws the reason of the caller's signal. */
export const throwIfGivenUp = ({ options }: Call): void => throwIfPast(options?.deadline)
