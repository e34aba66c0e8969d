import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { CommandCount } from './command-count.js'

/** Commands, and bytes to Redis and back. */
export interface Traffic {
  readonly commands: number
  readonly sent: number
  readonly received: number
}

/** Counts the commands and bytes between a contestant and its Redis. */
export class CountingProxy {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #counts: CommandCount[] = []
  #sent = 0
  #received = 0

  private constructor(redis: URL) {
    this.#server = createServer((client) => this.#join(client, connect(Number(redis.port), redis.hostname)))
  }

  static async start(redisUrl: string): Promise<CountingProxy> {
    const proxy = new CountingProxy(new URL(redisUrl))
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  get url(): string {
    const address = this.#server.address()
    if (typeof address !== 'object' || !address) throw new TypeError('A listening server has an address')
    return `redis://127.0.0.1:${address.port}`
  }

  /** The traffic since the start. */
  get traffic(): Traffic {
    const commands = this.#counts.reduce((sum, count) => sum + count.commands, 0)
    return { commands, sent: this.#sent, received: this.#received }
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
  }

  #join(client: Socket, redis: Socket): void {
    const count = new CommandCount()
    this.#counts.push(count)
    client.on('data', (chunk) => {
      count.push(chunk)
      this.#sent += chunk.length
      redis.write(chunk)
    })
    redis.on('data', (chunk) => {
      this.#received += chunk.length
      client.write(chunk)
    })
    for (const [socket, other] of [
      [client, redis],
      [redis, client],
    ] as const) {
      this.#sockets.add(socket)
      socket.setNoDelay()
      socket.once('close', () => other.destroy())
      socket.once('error', () => other.destroy())
    }
  }
}
