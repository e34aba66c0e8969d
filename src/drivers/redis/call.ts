import type { CallOptions } from '../../storage/contract.js'

/** On whose behalf a command is sent. */
export interface Call {
  readonly operation: string
  readonly signal?: AbortSignal | undefined
  /** By the clock of this process that only runs forward, `performance.now()`. */
  readonly givesUpAt?: number | undefined
}

/** To be made when the call comes in, because its time is running from then on. */
export const callOf = (operation: string, { signal, timeoutMs }: Omit<CallOptions, 'now'>): Call => ({
  operation,
  signal,
  givesUpAt: timeoutMs === undefined ? undefined : performance.now() + timeoutMs,
})
