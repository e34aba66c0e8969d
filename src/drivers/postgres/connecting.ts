import type { ClientSettings } from './client.js'

interface Attempt {
  readonly settings: ClientSettings
  readonly destroy: () => void
  /** Any of them aborts when the connection is no longer wanted. */
  readonly signals: readonly AbortSignal[]
}

/**
 * Runs `begin`, which connects and sends the first statements, and returns what it returns. If that fails, or takes longer than
 * the settings allow, the connection is destroyed.
 */
export async function connecting<T>({ settings, destroy, signals }: Attempt, begin: () => Promise<T>): Promise<T> {
  const { host, port, timeoutMs } = settings
  let reason: Error | undefined
  const giveUp = (error: Error) => {
    reason = error
    destroy()
  }
  const place = port === undefined ? host : `${host}:${port}`
  const late = setTimeout(() => giveUp(new Error(`${place} did not answer for ${timeoutMs / 1000} s`)), timeoutMs)
  const leave = () => giveUp(new Error('the connection is no longer wanted'))
  for (const signal of signals) signal.addEventListener('abort', leave)
  try {
    if (signals.some(({ aborted }) => aborted)) throw new Error('the connection is no longer wanted')
    return await begin()
  } catch (error) {
    destroy()
    throw reason ?? error
  } finally {
    clearTimeout(late)
    for (const signal of signals) signal.removeEventListener('abort', leave)
  }
}
