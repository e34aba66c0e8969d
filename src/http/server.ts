import { createServer, type Server as NodeServer, type RequestListener, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Clock, wait } from '../support/clock.js'
import { type Address, type AddressKey, addressOfListening, urlOf } from './address.js'
import { listenAt } from './listening.js'
import type { UpgradeListener, UpgradingServer } from './upgrades.js'

export interface ServerOptions {
  readonly address: Address
  readonly key: AddressKey
  readonly adminUrl?: string | undefined
  /** How long a connection without a request stays open. */
  readonly keepAliveTimeoutMs: number
  /** null: any time. */
  readonly headersTimeoutMs: number | null
  /** null: any time. */
  readonly requestTimeoutMs: number | null
  /** Is told what the server reports once it listens, such as a connection that could not be accepted. */
  readonly onError: (error: Error) => void
}

/** A listening server that lets running requests and upgraded connections finish when it stops. */
export class Server implements UpgradingServer {
  /**
   * The URL of the admin page; absent if it is off. If no `admin.token` is configured, it holds the one that was made up: print it where only
   * operators read.
   */
  readonly adminUrl: string | undefined
  readonly #server: NodeServer
  readonly #address: Address
  /** Node's server knows nothing of connections that have been upgraded, and waits for them for ever. */
  readonly #upgraded = new Set<Duplex>()
  readonly #running = new Set<ServerResponse>()
  #isDraining = false
  #allDone = () => {}

  private constructor(listener: RequestListener, options: ServerOptions) {
    const { address, adminUrl, headersTimeoutMs, keepAliveTimeoutMs, requestTimeoutMs } = options
    this.adminUrl = adminUrl
    this.#address = address
    const limits = {
      keepAliveTimeout: keepAliveTimeoutMs,
      headersTimeout: headersTimeoutMs ?? 0,
      requestTimeout: requestTimeoutMs ?? 0,
    }
    this.#server = createServer(limits, (request, response) => {
      this.#track(this.#running, response)
      if (this.#isDraining) response.shouldKeepAlive = false
      listener(request, response)
    })
  }

  /** Throws PORT_IN_USE, LISTEN_FAILED. */
  static async listen(listener: RequestListener, options: ServerOptions): Promise<Server> {
    const server = new Server(listener, options)
    await listenAt(server.#server, options.address, options.key)
    server.#server.on('error', options.onError)
    return server
  }

  /** The URL to open in a browser; of a Unix socket, `unix:` and its path. */
  get url(): string {
    return urlOf(addressOfListening(this.#server, this.#address))
  }

  /** undefined on a Unix socket or a pipe, which has none. */
  get port(): number | undefined {
    const address = addressOfListening(this.#server, this.#address)
    return 'port' in address ? address.port : undefined
  }

  /** Node's server, for settings that the configuration does not have. Close the container, not this. */
  get httpServer(): NodeServer {
    return this.#server
  }

  /** Listens for upgrade requests, such as those of web sockets. Without a listener they are served as plain requests. */
  on(event: 'upgrade', listener: UpgradeListener): this {
    if (this.#server.listenerCount(event) === 0)
      this.#server.on(event, (_request, socket) => this.#track(this.#upgraded, socket))
    this.#server.on(event, listener)
    return this
  }

  /** Puts a connection into this server, as Node's does. */
  emit(event: 'connection' | 'secureConnection', socket: Duplex): boolean {
    return this.#server.emit(event, socket)
  }

  /** Without the listener of this class. */
  listenerCount(event: 'upgrade'): number {
    return Math.max(0, this.#server.listenerCount(event) - 1)
  }

  /** From now on each answer closes its connection, so that no client sends another request on it. */
  drain(): void {
    this.#isDraining = true
    for (const response of this.#running) response.shouldKeepAlive = false
  }

  /**
   * Accepts no new connection, waits at most `graceMs` for running requests and upgraded connections, then cuts the rest off.
   * Returns how many were cut off.
   */
  async close(clock: Clock, graceMs: number): Promise<number> {
    this.drain()
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    if (!this.#isIdle) {
      const done = new Promise<void>((resolve) => {
        this.#allDone = resolve
      })
      await Promise.race([done, wait(clock, graceMs)])
    }
    const cutOff = this.#running.size + this.#upgraded.size
    for (const socket of this.#upgraded) socket.destroy()
    this.#server.closeAllConnections()
    await closed
    return cutOff
  }

  get #isIdle(): boolean {
    return this.#running.size === 0 && this.#upgraded.size === 0
  }

  #track<Part extends ServerResponse | Duplex>(parts: Set<Part>, part: Part): void {
    parts.add(part)
    part.once('close', () => {
      parts.delete(part)
      if (this.#isIdle) this.#allDone()
    })
  }
}
