/*
 * Web sockets by the package `ws`: `webSockets(container, shop, { path, onOpen, onMessage, onClose })`, then
 * `sockets.attach(await container.listen())`. Each socket is bound to the session of its visitor, and closes with it. For
 * other libraries there is `container.connect()`, of which this is a use.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ApplicationRef, Container } from './container/container.js'
import { parseTimeout } from './errors/parse-duration.js'
import { reasonOf, ScopesError } from './errors/scopes-error.js'
import type { HeaderPair } from './http/header-pairs.js'
import { pathWithin } from './http/mount.js'
import { Heartbeats } from './http/sockets/heartbeats.js'
import type { SocketLibrary, SocketServer } from './http/sockets/library.js'
import { refuseUpgrade, takeUpgrades, type UpgradingServer } from './http/upgrades.js'
import { type ScopedApplication, servedBy } from './koa/application.js'
import type { Connection, ConnectOptions } from './koa/connect.js'
import type { ServedApplication } from './koa/served-application.js'
import type { SocketHandlers } from './koa/sockets/handlers.js'
import { LiveSocket } from './koa/sockets/live-socket.js'
import { refusalFor } from './koa/sockets/refused-handshake.js'
import type { ScopesShape } from './koa/types.js'
import { checkedOptions } from './scopes/request/arguments.js'
import type { Timeout } from './support/duration.js'

export type { Socket } from './http/sockets/library.js'
export type { CloseEvent, MessageEvent, SocketEvent, SocketHandlers } from './koa/sockets/handlers.js'

export interface WebSocketsOptions<S extends ScopesShape>
  extends SocketHandlers<S>,
    Pick<ConnectOptions<S>, 'origins' | 'requireOrigin' | 'open'> {
  /** The path of the sockets within the application's mount, as in `/chat`. */
  readonly path: string
  /** At the end of the session: `close` (default) closes the socket with 1008; `pass` keeps it, and its messages find an empty session. */
  readonly afterEnd?: 'close' | 'pass'
  /** How often a socket is asked for a sign of life; one that gives none until the next time is closed. Default: 30s. */
  readonly heartbeat?: Timeout
  /** The longest message in bytes; a longer one closes the socket with 1009. Default: 1 MiB. */
  readonly maxMessage?: number
  /** How many messages of one socket may wait before it is no longer read. Default: 100. */
  readonly maxWaiting?: number
  /** The package `ws`. Default: it is imported. */
  readonly ws?: SocketLibrary
}

const optionNames = [
  'path',
  'origins',
  'requireOrigin',
  'open',
  'onOpen',
  'onMessage',
  'onClose',
  'onError',
  'isHeartbeat',
  'afterEnd',
  'heartbeat',
  'maxMessage',
  'maxWaiting',
  'ws',
] as const

/**
 * Web sockets of one application under one path. Attach them to a server. Throws APPLICATION_UNKNOWN, WEB_SOCKETS_MISSING,
 * DURATION_INVALID.
 */
export async function webSockets<S extends ScopesShape>(
  container: Container,
  ref: ApplicationRef<S>,
  options: WebSocketsOptions<S>,
): Promise<WebSockets<S>> {
  checkedOptions('webSockets()', options, optionNames)
  if (typeof options.path !== 'string' || !options.path.startsWith('/'))
    throw new TypeError('The path of web sockets begins with a slash')
  const app = container.application(ref)
  return new WebSockets(app, options, await (options.ws ?? imported()))
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
  readonly #options: WebSocketsOptions<S>
  readonly #server: SocketServer
  readonly #sockets = new Set<LiveSocket<S>>()
  readonly #heartbeats: Heartbeats
  readonly #headers = new WeakMap<IncomingMessage, readonly HeaderPair[]>()

  /** Use webSockets(). */
  constructor(app: ScopedApplication<S>, options: WebSocketsOptions<S>, { WebSocketServer }: SocketLibrary) {
    this.#app = app
    this.#served = servedBy(app as unknown as ScopedApplication)
    this.#options = options
    const { heartbeat = '30s', maxMessage = 1_048_576 } = options
    this.#heartbeats = new Heartbeats(this.#served.clock, parseTimeout(heartbeat))
    this.#server = new WebSocketServer({ noServer: true, clientTracking: false, maxPayload: maxMessage })
    this.#server.on('headers', (lines, request) => {
      for (const [name, value] of this.#headers.get(request) ?? []) lines.push(`${name}: ${value}`)
    })
  }

  /** How many sockets are open. */
  get size(): number {
    return this.#sockets.size
  }

  /** Takes the upgrade requests for its path from this server: that of `container.listen()`, or one of your own. */
  attach(server: UpgradingServer): this {
    takeUpgrades(server, (request, socket, head) => this.#take(request, socket, head))
    return this
  }

  /** Closes the sockets with 1001, each after the message that is being handled. The container's `close()` does so too. */
  async close(): Promise<void> {
    await Promise.all([...this.#sockets].map((socket) => socket.leave()))
  }

  #take(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const isSocket = request.headers.upgrade?.toLowerCase() === 'websocket'
    const { mount, host } = this.#served.config
    if (!isSocket || pathWithin({ mount, host }, request, this.#app.proxy) !== this.#options.path) return false
    void this.#open(request, socket, head)
    return true
  }

  /** Never rejects. */
  async #open(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const ignore = () => {} // a visitor who leaves meanwhile
    socket.on('error', ignore)
    try {
      const connection = await this.#app.connect(request, this.#connectOptions())
      socket.off('error', ignore)
      this.#shakeHands(request, socket, head, connection)
    } catch (error) {
      this.#refuse(socket, error)
    }
  }

  #connectOptions(): ConnectOptions<S> {
    const { afterEnd, open, origins, requireOrigin } = this.#options
    return {
      ...(open && { open }),
      ...(origins && { origins }),
      ...(requireOrigin !== undefined && { requireOrigin }),
      afterEnd: afterEnd === 'pass' ? 'pass' : 'refuse',
    }
  }

  #shakeHands(request: IncomingMessage, socket: Duplex, head: Buffer, connection: Connection<S>): void {
    let isOpen = false
    this.#headers.set(request, connection.headers)
    if (!socket.destroyed)
      this.#server.handleUpgrade(request, socket, head, (opened) => {
        isOpen = true
        const live = new LiveSocket(opened, connection, {
          handlers: this.#options,
          failures: this.#served.failures,
          clock: this.#served.clock,
          closesAtEnd: this.#options.afterEnd !== 'pass',
          most: { messages: this.#options.maxWaiting ?? 100, bytes: this.#options.maxMessage ?? 1_048_576 },
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
