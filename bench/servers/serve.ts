import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'

/** Where this contestant stores its sessions: the URL of a Redis, or a folder. */
export const storage = process.argv[2] ?? ''

/** Listens on a free port, tells the parent where, and then how much CPU this process has used whenever it asks. */
export async function serve(listener: RequestListener): Promise<void> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new TypeError('A listening server has an address')
  process.on('message', () => {
    const { system, user } = process.cpuUsage()
    process.send?.(system + user)
  })
  process.once('disconnect', () => process.exit())
  process.send?.(`http://127.0.0.1:${address.port}`)
}
