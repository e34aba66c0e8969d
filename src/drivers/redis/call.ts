import type { CallOptions } from '../../storage/contract.js'
import * as givenUp from '../../storage/guard/given-up.js'

/** On whose behalf a command is sent. */
export interface Call {
  readonly operation: string
  readonly options?: Pick<CallOptions, 'signal' | 'hasGivenUp'>
  /** By the clock of this process that only runs forward, `performance.now()`. */
  readonly givesUpAt?: number | undefined
}

/** To be made when the call comes in, because its time is running from then on. */
export const callOf = (operation: string, options: Omit<CallOptions, 'now'>): Call => ({
  operation,
  options,
  givesUpAt: options.timeoutMs === undefined ? undefined : performance.now() + options.timeoutMs,
})

/** After a wait. Throws the signal's reason. */
export function throwIfGivenUp({ options }: Call): void {
  if (options) givenUp.throwIfGivenUp(options)
}
