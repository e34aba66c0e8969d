import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'

/** The storage of this contestant's sessions: the URL of a server, or a folder. */
export const storage = process.argv[2] ?? ''

/** Listens on a free port, sends the address to the parent, and answers each message with the CPU this process has used. */
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
