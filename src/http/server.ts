import { createServer, type Server as NodeServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ScopesError } from '../errors/scopes-error.js'
import type { Clock } from '../support/clock.js'
import { wait } from '../support/clock.js'

/** A listening server that lets running requests finish when it stops. */
export class Server {
  readonly #server: NodeServer
  #running = 0
  #allDone = () => {}

  private constructor(listener: RequestListener) {
    this.#server = createServer((request, response) => {
      this.#running += 1
      response.once('close', () => this.#finished())
      listener(request, response)
    })
  }

  /** Throws PORT_IN_USE. */
  static async listen(listener: RequestListener, host: string, port: number): Promise<Server> {
    const server = new Server(listener)
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject)
      server.#server.listen({ host, port }, resolve)
    }).catch((error) => {
      if (error.code === 'EADDRINUSE') throw new ScopesError('PORT_IN_USE', { host, port }, { cause: error })
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

  /** Accepts no new connection, waits at most `graceMs` for running requests, then cuts the rest off. Returns how many were cut off. */
  async close(clock: Clock, graceMs: number): Promise<number> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    if (this.#running > 0) {
      const done = new Promise<void>((resolve) => {
        this.#allDone = resolve
      })
      await Promise.race([done, wait(clock, graceMs)])
    }
    const cutOff = this.#running
    this.#server.closeAllConnections()
    await closed
    return cutOff
  }

  #finished(): void {
    this.#running -= 1
    if (this.#running === 0) this.#allDone()
  }
}
