import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { expect, it, onTestFinished, vi } from 'vitest'
import { anyPostgres } from '../support/postgres-server.js'
import { emptySpace } from './postgres-fixture.js'

const server = await anyPostgres()

/** What a server says before it ends a connection: `FATAL 57P01`. */
function farewell(): Buffer {
  const fields = Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0')
  const length = Buffer.alloc(4)
  length.writeInt32BE(fields.length + length.length)
  return Buffer.concat([Buffer.from('E'), length, fields])
}

/** A line to the server that can be cut. It then ends the next connection together with the answer to its first statement. */
class TreacherousLine {
  readonly port: number
  readonly #clients = new Set<Socket>()
  isTreacherous = false

  private constructor(server: Server, target: number) {
    this.port = (server.address() as AddressInfo).port
    server.on('connection', (client) => this.#join(client, connect(target, '127.0.0.1')))
    onTestFinished(() => {
      server.close()
      this.cut()
    })
  }

  static async to(target: number): Promise<TreacherousLine> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new TreacherousLine(server, target)
  }

  cut(): void {
    for (const client of this.#clients) client.destroy()
  }

  #join(client: Socket, upstream: Socket): void {
    this.#clients.add(client)
    client.pipe(upstream)
    for (const socket of [client, upstream]) socket.on('error', () => {})
    upstream.on('data', (chunk) => {
      // A column of the first statement of each connection, except of those that listen.
      const isWelcome = this.isTreacherous && chunk.includes('settings')
      if (!isWelcome) return void client.write(chunk)
      this.isTreacherous = false
      client.end(Buffer.concat([chunk, farewell()]))
    })
    client.on('close', () => {
      this.#clients.delete(client)
      upstream.destroy()
    })
    upstream.on('close', () => client.destroy())
  }
}

it('a connection that ends with the answer that makes it usable is not kept', async () => {
  const { port, username, password, pathname } = new URL(server.url)
  const line = await TreacherousLine.to(Number(port))
  const url = `postgres://${username}${password && `:${password}`}@127.0.0.1:${line.port}${pathname}`
  const space = await emptySpace({ url })
  await space.create('a')
  line.isTreacherous = true
  line.cut()
  await vi.waitFor(() => expect(line.isTreacherous).toBe(false), { interval: 10, timeout: 10_000 })
  await vi.waitFor(() => space.load('a'), { interval: 50, timeout: 10_000 })
})
