import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** Commands (statements, for a database), and bytes to the server and back. */
export interface Traffic {
  readonly commands: number
  readonly sent: number
  readonly received: number
  /** Bytes that the server wrote to its log of changes; only of PostgreSQL. */
  readonly logged?: number
}

/** Counts the commands in the bytes of one connection. */
export interface CommandCounter {
  readonly commands: number
  push(chunk: Buffer): void
}

/** Counts the commands and bytes between a contestant and its server. */
export class CountingProxy {
  readonly #address: URL
  readonly #newCounter: () => CommandCounter
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #counts: CommandCounter[] = []
  #sent = 0
  #received = 0

  private constructor(address: URL, newCounter: () => CommandCounter) {
    this.#address = address
    this.#newCounter = newCounter
    this.#server = createServer((client) => this.#join(client, connect(Number(address.port), address.hostname)))
  }

  static async start(url: string, newCounter: () => CommandCounter): Promise<CountingProxy> {
    const proxy = new CountingProxy(new URL(url), newCounter)
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  get url(): string {
    const address = this.#server.address()
    if (typeof address !== 'object' || !address) throw new TypeError('A listening server has an address')
    const url = new URL(this.#address)
    url.host = `127.0.0.1:${address.port}`
    return url.href
  }

  /** The traffic since the start. */
  get traffic(): Omit<Traffic, 'logged'> {
    const commands = this.#counts.reduce((sum, count) => sum + count.commands, 0)
    return { commands, sent: this.#sent, received: this.#received }
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
  }

  #join(client: Socket, server: Socket): void {
    const count = this.#newCounter()
    this.#counts.push(count)
    client.on('data', (chunk) => {
      count.push(chunk)
      this.#sent += chunk.length
      server.write(chunk)
    })
    server.on('data', (chunk) => {
      this.#received += chunk.length
      client.write(chunk)
    })
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket)
      socket.setNoDelay()
      socket.once('close', () => other.destroy())
      socket.once('error', () => other.destroy())
    }
  }
}
