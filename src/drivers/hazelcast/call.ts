import type { CallOptions } from '../../storage/contract.js'

/** The call of the contract for which requests are sent. */
export interface Call extends Pick<CallOptions, 'deadline'> {
  readonly operation: string
}

export const callOf = (operation: string, { deadline }: Pick<CallOptions, 'deadline'>): Call => ({
  operation,
  ...(deadline && { deadline }),
})
