import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { Gate } from './gate.js'

/** Stands between clients and a server on loopback, and does what networks do. */
export class TcpProxy {
  readonly port: number
  readonly #server: Server
  #target: number
  readonly #links = new Set<Link>()
  readonly #line = new Line()

  private constructor(server: Server, target: number) {
    this.port = (server.address() as AddressInfo).port
    this.#server = server
    this.#target = target
    server.on('connection', (client) => this.#join(client))
  }

  static async to(target: number): Promise<TcpProxy> {
    const server = createServer({ noDelay: true }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new TcpProxy(server, target)
  }

  /** From now on everything takes this long, in either direction. */
  delay(ms: number): void {
    this.#line.delayMs = ms
  }

  /** Accepts connections and passes nothing on. What was sent arrives when it heals, as TCP has it. */
  blackhole(): void {
    this.#line.hole ??= new Gate()
  }

  heal(): void {
    this.#line.delayMs = 0
    this.#line.hole?.open()
    this.#line.hole = undefined
  }

  /** Ends all connections, with what is under way in them. New ones are accepted. */
  cut(): void {
    for (const link of this.#links) link.cut()
  }

  /** New connections go to another server; those there are end. */
  redirect(target: number): void {
    this.#target = target
    this.cut()
  }

  /** Keeps back the reply to the next request that has this text in it. */
  catchReply(request: string): CaughtReply {
    const reply = new CaughtReply()
    this.#line.catches.push({ request, reply })
    return reply
  }

  /** Ends the connection of the next request that has this text in it. The server never gets it. */
  loseRequest(request: string): void {
    this.#line.losses.push({ request })
  }

  async close(): Promise<void> {
    this.cut()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #join(client: Socket): void {
    const link = new Link(client, connect({ port: this.#target, host: '127.0.0.1', noDelay: true }), this.#line)
    this.#links.add(link)
    client.once('close', () => this.#links.delete(link))
  }
}

/** A reply that the client does not have yet, though the server has carried out its request; `reached` when it is here. */
export class CaughtReply extends Gate {
  /** How many bytes of it the client gets. */
  letThrough = 0

  /** The client gets so much of it, and then the end of the connection. May be called before it is here. */
  cut(letThrough = 0): void {
    this.letThrough = letThrough
    this.open()
  }
}

/** What all connections of a proxy have in common. */
class Line {
  readonly catches: { readonly request: string; readonly reply: CaughtReply }[] = []
  readonly losses: { readonly request: string }[] = []
  delayMs = 0
  hole: Gate | undefined

  /** Resolves when what was sent at this time is to arrive. */
  async pass(sentAt: number): Promise<void> {
    const left = sentAt + this.delayMs - performance.now()
    if (left > 0) await pause(left)
    await this.hole?.pass()
  }
}

/** One connection of a client, and one to the server on its behalf. */
class Link {
  readonly #client: Socket
  readonly #server: Socket
  readonly #line: Line
  #caught: CaughtReply | undefined

  constructor(client: Socket, server: Socket, line: Line) {
    this.#client = client
    this.#server = server
    this.#line = line
    this.#carry(client, (chunk) => this.#toServer(chunk))
    this.#carry(server, (chunk) => this.#toClient(chunk))
  }

  cut(): void {
    this.#client.destroy()
    this.#server.destroy()
  }

  /** In the order of sending, each chunk in its time, and the end last. What was an error ends in `close` too. */
  #carry(from: Socket, deliver: (chunk: Buffer) => void | Promise<void>): void {
    let last = Promise.resolve()
    from.on('error', () => {})
    from.on('data', (chunk) => {
      const sentAt = performance.now()
      last = last.then(() => this.#line.pass(sentAt)).then(() => deliver(chunk))
    })
    from.on('close', () => void last.then(() => this.cut()))
  }

  #toServer(chunk: Buffer): void {
    if (take(this.#line.losses, chunk)) this.cut()
    this.#caught ??= take(this.#line.catches, chunk)?.reply
    this.#server.write(chunk)
  }

  async #toClient(chunk: Buffer): Promise<void> {
    const caught = this.#caught
    await caught?.pass()
    if (caught) this.#client.end(chunk.subarray(0, caught.letThrough), () => this.cut())
    else this.#client.write(chunk)
  }
}

/** The first of these whose request is in the chunk, which is then no longer among them. */
function take<T extends { readonly request: string }>(list: T[], chunk: Buffer): T | undefined {
  const index = list.findIndex(({ request }) => chunk.includes(request))
  return index < 0 ? undefined : list.splice(index, 1)[0]
}
