import type { EventEmitter } from 'node:events'
import { type IncomingMessage, ServerResponse } from 'node:http'
import Koa from 'koa'
import { ScopesError } from '../errors/scopes-error.js'
import { isBrokenOff } from '../http/broken-off.js'
import { originalUrlOf } from '../http/mount.js'
import type { ScopeEventMap } from '../scopes/events.js'
import { Directory } from '../scopes/request/directory.js'
import type { ObjectCache } from '../storage/caches/object-cache.js'
import { type Connection, type ConnectOptions, connect } from './connect.js'
import { installMembers } from './members.js'
import { scopesMiddleware } from './middleware.js'
import type { ServedApplication } from './served-application.js'
import type { ApplicationData, ScopedMembers, ScopesShape } from './types.js'

/** The served application behind a ScopedApplication. */
export let servedBy: (app: ScopedApplication) => ServedApplication

/** What an application gets of its container. */
export interface SetupContext {
  /** The object cache of this name. Throws CACHE_UNKNOWN, CACHE_WITHOUT_OBJECTS. */
  readonly cache: (name: string) => ObjectCache
}

/** A directory of records of this type; `never` if the application has no such scope. */
type DirectoryOf<S extends ScopesShape, Kind extends 'session' | 'client'> = Kind extends keyof S
  ? Directory<S[Kind] & object>
  : never

/** A Koa app with scopes. `setup` gets it, and `container.application()` returns it. */
export class ScopedApplication<S extends ScopesShape = ScopesShape> extends Koa<
  Koa.DefaultState,
  ScopedMembers<S> & { readonly app: ScopedApplication<S> }
> {
  /** The events of this application's records. */
  readonly events: EventEmitter<ScopeEventMap>
  /** An object cache of the container: `ctx.app.cache(name)`. Throws CACHE_UNKNOWN, CACHE_WITHOUT_OBJECTS. */
  readonly cache: SetupContext['cache']
  readonly #served: ServedApplication

  static {
    servedBy = (app) => app.#served
  }

  constructor(
    served: ServedApplication,
    { cache, events, proxy }: SetupContext & { readonly events: EventEmitter<ScopeEventMap>; readonly proxy: boolean },
  ) {
    super({ proxy })
    this.cache = cache
    this.#served = served
    this.events = events
    installMembers(this)
    this.use(scopesMiddleware(served))
    this.on('error', (error, ctx) => this.#log(error, ctx))
  }

  /** The application scope on this node. Empty while the application is not started. */
  get scope(): ApplicationData<S> {
    return this.#served.life.data as ApplicationData<S>
  }

  /** Whether the application is started on this node: by its first request, until it has been idle or `stop()` was called. */
  get isStarted(): boolean {
    return this.#served.life.isStarted
  }

  /** The directory of all sessions. Throws SCOPE_NOT_DECLARED. */
  get sessions(): DirectoryOf<S, 'session'> {
    return this.#directory('session')
  }

  /** The directory of all clients. Throws SCOPE_NOT_DECLARED. */
  get clients(): DirectoryOf<S, 'client'> {
    return this.#directory('client')
  }

  /** Ends the application on this node and runs onApplicationEnd. Sessions survive; the next request starts it again. */
  stop(): Promise<void> {
    return this.#served.life.stop()
  }

  /**
   * Opens a live connection, such as a web socket or a stream of events, for the visitor who sent this request. It is bound
   * to the session that the request's credentials name, or in a handler to the one that it works on, whose beginning is saved. Throws
   * ORIGIN_REFUSED, SCOPE_SUPERSEDED, CONTAINER_CLOSED, and what a request can fail with; the `status` of the error is the
   * one to refuse the request with.
   */
  async connect(request: IncomingMessage, options?: ConnectOptions<S>): Promise<Connection<S>> {
    if (!isRequest(request))
      throw new TypeError('connect() takes the request of the handshake, as Node gives it to a server')
    const ctx = this.createContext(request, new ServerResponse(request))
    return connect(this.#served, ctx as unknown as Koa.Context, options)
  }

  /** Sets `ctx.originalUrl` to the whole URL; within a mount, `ctx.path` is the part behind the mount. */
  override createContext<State>(request: IncomingMessage, response: ServerResponse) {
    const ctx = super.createContext<State>(request, response)
    const originalUrl = originalUrlOf(request)
    if (originalUrl !== undefined) ctx.originalUrl = ctx.request.originalUrl = originalUrl
    return ctx
  }

  #directory<Kind extends 'session' | 'client'>(kind: Kind): DirectoryOf<S, Kind> {
    const served = this.#served[kind]
    if (!served) throw new ScopesError('SCOPE_NOT_DECLARED', { scope: kind, application: this.#served.name })
    return new Directory(served.scope, (begun) => served.carriers.present(begun)) as DirectoryOf<S, Kind>
  }

  /** Logs an error of a request. As in Koa, errors that visitors cause (404, `expose`, our refusals) are not logged. */
  #log(error: RequestError, ctx: Koa.Context | undefined): void {
    if (error.status === 404 || error.expose || this.silent) return
    if (isFarewell(error, ctx)) this.#served.log.debug({ err: error }, 'a visitor left during a response')
    else if (ctx && isBrokenOff(error, ctx.req)) this.#served.log.debug({ err: error }, 'a request broke off')
    else this.#served.log.error({ err: error }, 'a request failed')
  }
}

type RequestError = Error & { readonly status?: number; readonly expose?: boolean; readonly code?: unknown }

/**
 * Whether a streamed body only ended early because its visitor has left, as when a page with a stream of events
 * is closed. A body that broke off has destroyed the response with an error.
 */
const isFarewell = ({ code }: RequestError, ctx: Koa.Context | undefined): boolean =>
  code === 'ERR_STREAM_PREMATURE_CLOSE' && ctx?.res.closed === true && !ctx.res.errored

const isRequest = (given: unknown): boolean =>
  typeof given === 'object' &&
  given !== null &&
  'url' in given &&
  'headers' in given &&
  typeof given.headers === 'object'
