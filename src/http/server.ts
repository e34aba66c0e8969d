import { createServer, type Server as NodeServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { ScopesError } from '../errors/scopes-error.js'
import type { Clock } from '../support/clock.js'
import { wait } from '../support/clock.js'
import type { UpgradingServer } from './upgrades.js'

type UpgradeListener = Parameters<UpgradingServer['on']>[1]

/** A listening server that lets running requests and upgraded connections finish when it stops. */
export class Server implements UpgradingServer {
  /**
   * The URL of the admin page; absent if it is off. If no `admin.token` is configured, it holds the one that was made up: print it where only
   * operators read.
   */
  readonly adminUrl: string | undefined
  readonly #server: NodeServer
  readonly #upgraded = new Set<Duplex>()
  #running = 0
  #allDone = () => {}

  private constructor(listener: RequestListener, adminUrl: string | undefined) {
    this.adminUrl = adminUrl
    this.#server = createServer((request, response) => {
      this.#running += 1
      response.once('close', () => this.#finished())
      listener(request, response)
    })
  }

  /** `key`: where the port is configured, for the message. Throws PORT_IN_USE. */
  static async listen(
    listener: RequestListener,
    { host, port }: { readonly host: string; readonly port: number },
    key: 'server.port' | 'admin.port',
    adminUrl?: string,
  ): Promise<Server> {
    const server = new Server(listener, adminUrl)
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject)
      server.#server.listen({ host, port }, resolve)
    }).catch((error) => {
      if (error.code === 'EADDRINUSE') throw new ScopesError('PORT_IN_USE', { host, port, key }, { cause: error })
      throw error
    })
    return server
  }

  /** The URL to open in a browser. */
  get url(): string {
    const { address, family, port } = this.#server.address() as AddressInfo
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Listens for upgrade requests, such as those of web sockets. Without a listener they are served as plain requests. */
  on(event: 'upgrade', listener: UpgradeListener): this {
    if (this.#server.listenerCount(event) === 0) this.#server.on(event, (_request, socket) => this.#track(socket))
    this.#server.on(event, listener)
    return this
  }

  /** Without the listener of this class. */
  listenerCount(event: 'upgrade'): number {
    return Math.max(0, this.#server.listenerCount(event) - 1)
  }

  /**
   * Accepts no new connection, waits at most `graceMs` for running requests and upgraded connections, then cuts the rest off.
   * Returns how many were cut off.
   */
  async close(clock: Clock, graceMs: number): Promise<number> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    if (!this.#isIdle) {
      const done = new Promise<void>((resolve) => {
        this.#allDone = resolve
      })
      await Promise.race([done, wait(clock, graceMs)])
    }
    const cutOff = this.#running + this.#upgraded.size
    for (const socket of this.#upgraded) socket.destroy()
    this.#server.closeAllConnections()
    await closed
    return cutOff
  }

  get #isIdle(): boolean {
    return this.#running === 0 && this.#upgraded.size === 0
  }

  /** Node's server knows nothing of connections that have been upgraded, and waits for them for ever. */
  #track(socket: Duplex): void {
    this.#upgraded.add(socket)
    socket.once('close', () => {
      this.#upgraded.delete(socket)
      if (this.#isIdle) this.#allDone()
    })
  }

  #finished(): void {
    this.#running -= 1
    if (this.#isIdle) this.#allDone()
  }
}
