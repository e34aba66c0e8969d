import type { RedisNode, RedisServers } from './client.js'

const openTimeoutMs = 10_000

/** Connects. Rejects with the first error; a cluster, which may tell none and try on, when the time is up. */
export async function connect({ client, masters }: RedisServers): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  let fail: (error: Error) => void = () => {}
  const failed = new Promise<never>((_, reject) => {
    fail = reject
    timer = setTimeout(() => reject(new Error(`it was not ready within ${openTimeoutMs} ms`)), openTimeoutMs)
  })
  // The promise of a cluster's connect() may never settle: only the event counts.
  const connected = new Promise<void>((resolve) => client.once('ready', resolve))
  client.on('error', fail)
  client.connect().catch(fail)
  try {
    await Promise.race([connected, failed])
    await Promise.race([Promise.all(masters().map(whenReady)), failed])
  } finally {
    clearTimeout(timer)
    client.off('error', fail)
  }
}

const whenReady = (node: RedisNode): Promise<void> =>
  node.status === 'ready' ? Promise.resolve() : new Promise((resolve) => node.once('ready', resolve))

/**
 * A cluster connects to a node when it has something to send, and refuses what comes meanwhile. Before it is ready it
 * must have its way; errors are told as those of the node.
 */
export function connectEarly(node: RedisNode): void {
  if (node.status === 'wait') node.connect().catch(() => {})
}
