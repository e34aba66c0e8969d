import type { Send } from './steady.js'

/** Sends `requests` requests on `connections` connections, as fast as the server answers. */
export async function flatOut(connections: number, requests: number, send: Send): Promise<void> {
  let sent = 0
  const lane = async () => {
    while (sent < requests) await send(sent++)
  }
  await Promise.all(Array.from({ length: connections }, lane))
}
