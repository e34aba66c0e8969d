import type { RedisNode, RedisServers } from './client.js'

const openTimeoutMs = 10_000

/** Connects. Rejects with the first error. A cluster may report none and keep trying: then it rejects after 10 s. */
export async function connect({ client, masters }: RedisServers): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  let fail: (error: Error) => void = () => {}
  const failed = new Promise<never>((_, reject) => {
    fail = reject
    timer = setTimeout(() => reject(new Error(`it was not ready within ${openTimeoutMs} ms`)), openTimeoutMs)
  })
  // The promise of a cluster's connect() may stay pending forever: only the event counts.
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
 * Connects to a node of a cluster before there is a command for it: a cluster connects only then, and refuses commands until
 * the node is ready. Must not be called before the cluster is ready. Errors are emitted as 'node error'.
 */
export function connectEarly(node: RedisNode): void {
  if (node.status === 'wait') node.connect().catch(() => {})
}
