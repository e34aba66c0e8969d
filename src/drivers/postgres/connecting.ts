import type { ClientSettings } from './client.js'

interface Attempt {
  readonly settings: ClientSettings
  readonly destroy: () => void
  /** Aborts when the connection is no longer wanted. */
  readonly signal: AbortSignal
}

/**
 * Runs `begin`, which connects and sends the first statements, and returns what it returns. If that fails, or takes longer than
 * the settings allow, the connection is destroyed.
 */
export async function connecting<T>({ settings, destroy, signal }: Attempt, begin: () => Promise<T>): Promise<T> {
  const { host, port, timeoutMs } = settings
  let reason: Error | undefined
  const giveUp = (error: Error) => {
    reason = error
    destroy()
  }
  const place = port === undefined ? host : `${host}:${port}`
  const late = setTimeout(() => giveUp(new Error(`${place} did not answer for ${timeoutMs / 1000} s`)), timeoutMs)
  const close = () => giveUp(new Error('the driver was closed'))
  signal.addEventListener('abort', close)
  try {
    if (signal.aborted) throw new Error('the driver was closed')
    return await begin()
  } catch (error) {
    destroy()
    throw reason ?? error
  } finally {
    clearTimeout(late)
    signal.removeEventListener('abort', close)
  }
}
