/*
 * Web sockets by the package `ws`: `webSockets(container, shop, { path, onOpen, onMessage, onClose })`, then
 * `sockets.attach(await container.listen())`. Each socket is bound to the session of its visitor, and closes with it. For
 * other libraries there is `container.connect()`, of which this is a use.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ApplicationRef, Container, Definitions } from './container/container.js'
import { reasonOf, ScopesError } from './errors/scopes-error.js'
import type { HeaderPair } from './http/header-pairs.js'
import { pathWithin } from './http/mount.js'
import { isScopeless } from './http/scopeless.js'
import { Heartbeats } from './http/sockets/heartbeats.js'
import type { SocketLibrary, SocketServer } from './http/sockets/library.js'
import { isWebSocket, refuseUpgrade, takeUpgrades, type UpgradingServer } from './http/upgrades.js'
import { type ScopedApplication, servedBy } from './koa/application.js'
import { assertConnectable, type Connection } from './koa/connect.js'
import type { ScopesOf } from './koa/define-application.js'
import type { ServedApplication } from './koa/served-application.js'
import { LiveSocket } from './koa/sockets/live-socket.js'
import { type CheckedSocketsOptions, checkedSocketsOptions, type WebSocketsOptions } from './koa/sockets/options.js'
import { refusalFor } from './koa/sockets/refused-handshake.js'
import type { ScopesShape } from './koa/types.js'

export type { Socket } from './http/sockets/library.js'
export type { CloseEvent, MessageEvent, SocketEvent, SocketHandlers } from './koa/sockets/handlers.js'

export type { WebSocketsOptions } from './koa/sockets/options.js'

/**
 * Web sockets of one application under one path. Attach them to a server. All options are checked here. Throws
 * TypeError, DURATION_INVALID, APPLICATION_UNKNOWN, WEB_SOCKETS_MISSING, and SCOPE_SEALED if the sessions are in sealed cookies.
 */
export async function webSockets<Given extends Definitions, Name extends keyof Given & string>(
  container: Container<Given>,
  name: Name,
  options: WebSocketsOptions<ScopesOf<Given[Name]>>,
): Promise<WebSockets<ScopesOf<Given[Name]>>>
/** The same by a definition. */
export async function webSockets<S extends ScopesShape, Given extends Definitions = Definitions>(
  container: Container<Given>,
  ref: ApplicationRef<S, keyof Given & string>,
  options: WebSocketsOptions<S>,
): Promise<WebSockets<S>>
export async function webSockets<S extends ScopesShape>(
  container: Container,
  ref: ApplicationRef<S>,
  options: WebSocketsOptions<S>,
): Promise<WebSockets<S>> {
  const checked = checkedSocketsOptions(options)
  const app = container.application(ref)
  const served = servedBy(app as unknown as ScopedApplication)
  assertConnectable(served, 'webSockets()')
  if (isScopeless(served.config.scopeless, checked.path))
    throw new TypeError(`The path ${checked.path} of web sockets is under scopeless:, where no session is opened`)
  const library = await (options.ws ?? imported())
  if (typeof library.WebSocketServer !== 'function')
    throw new TypeError('The option ws of webSockets() is the package ws, which has a WebSocketServer')
  return new WebSockets(app, checked, library)
}

async function imported(): Promise<SocketLibrary> {
  try {
    return await import('ws')
  } catch (cause) {
    throw new ScopesError('WEB_SOCKETS_MISSING', { reason: reasonOf(cause) }, { cause })
  }
}

/** The web sockets under one path on this node. */
export class WebSockets<S extends ScopesShape> {
  readonly #app: ScopedApplication<S>
  readonly #served: ServedApplication
  readonly #options: CheckedSocketsOptions<S>
  readonly #server: SocketServer
  readonly #sockets = new Set<LiveSocket<S>>()
  readonly #heartbeats: Heartbeats
  readonly #detach: (() => void)[] = []
  #isClosed = false
  readonly #headers = new WeakMap<IncomingMessage, readonly HeaderPair[]>()

  /** Use webSockets(). */
  constructor(app: ScopedApplication<S>, options: CheckedSocketsOptions<S>, { WebSocketServer }: SocketLibrary) {
    this.#app = app
    this.#served = servedBy(app as unknown as ScopedApplication)
    this.#options = options
    this.#heartbeats = new Heartbeats(this.#served.clock, options.heartbeatMs)
    this.#server = new WebSocketServer({ noServer: true, clientTracking: false, maxPayload: options.most.bytes })
    this.#server.on('headers', (lines, request) => {
      for (const [name, value] of this.#headers.get(request) ?? []) lines.push(`${name}: ${value}`)
    })
  }

  /** How many sockets are open. */
  get size(): number {
    return this.#sockets.size
  }

  /**
   * Takes the upgrade requests for its path from this server: that of `container.listen()`, or one of your own. Throws
   * TypeError after `close()`, and if this server has web sockets at the same path, because one of both would never get a request.
   */
  attach(server: UpgradingServer): this {
    const { host = 'any host', mount } = this.#served.config
    const path = `${mount === '/' ? '' : mount}${this.#options.path}`
    if (typeof server?.on !== 'function' || typeof server.listenerCount !== 'function')
      throw new TypeError(
        'attach() takes what container.listen() resolves with, or a server of node:http or node:https',
      )
    if (this.#isClosed) throw new TypeError('These web sockets are closed')
    const detach = takeUpgrades(server, `${path} on ${host}`, (request, socket, head) =>
      this.#take(request, socket, head),
    )
    this.#detach.push(detach)
    return this
  }

  /**
   * Closes the sockets with 1001, each after the message that is being handled, and accepts no others. The container's `close()`
   * does so too.
   */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const detach of this.#detach.splice(0)) detach()
    await Promise.all([...this.#sockets].map((socket) => socket.leave()))
  }

  #take(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const { mount, host } = this.#served.config
    if (!isWebSocket(request) || pathWithin({ mount, host }, request, this.#app.proxy) !== this.#options.path)
      return false
    void this.#open(request, socket, head)
    return true
  }

  /** Never rejects. */
  async #open(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const ignore = () => {} // a visitor who leaves meanwhile
    socket.on('error', ignore)
    try {
      const connection = await this.#app.connect(request, this.#options.connect)
      if (this.#isClosed) {
        connection.close()
        throw new ScopesError('CONTAINER_CLOSED', { action: 'open a web socket' })
      }
      socket.off('error', ignore)
      this.#shakeHands(request, socket, head, connection)
    } catch (error) {
      this.#refuse(socket, error)
    }
  }

  #shakeHands(request: IncomingMessage, socket: Duplex, head: Buffer, connection: Connection<S>): void {
    let isOpen = false
    this.#headers.set(request, connection.headers)
    if (!socket.destroyed)
      this.#server.handleUpgrade(request, socket, head, (opened) => {
        isOpen = true
        const live = new LiveSocket(opened, connection, {
          options: this.#options,
          failures: this.#served.failures,
          clock: this.#served.clock,
          onGone: (gone) => this.#forget(gone),
        })
        this.#sockets.add(live)
        this.#heartbeats.add(live)
      })
    if (!isOpen) connection.close() // the visitor has left, or ws has refused the handshake
  }

  #forget(socket: LiveSocket<S>): void {
    this.#sockets.delete(socket)
    this.#heartbeats.delete(socket)
  }

  #refuse(socket: Duplex, error: unknown): void {
    refuseUpgrade(socket, refusalFor(error, this.#served.failures))
  }
}
