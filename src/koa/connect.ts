import type { IncomingMessage } from 'node:http'
import type Koa from 'koa'
import { ScopesError } from '../errors/scopes-error.js'
import { type HeaderPair, headerPairs } from '../http/header-pairs.js'
import { originalUrlOf, pathWithin } from '../http/mount.js'
import { OpenedConnection } from '../http/opened-connection.js'
import { checkOrigin, originsIn } from '../http/origin.js'
import { RequestScopes } from '../http/request-scopes.js'
import { isScopeless } from '../http/scopeless.js'
import { type Bound, decisive } from '../scopes/connections/bound-records.js'
import { checkedOptions, checkFlag, checkFunction, checkWord } from '../scopes/request/arguments.js'
import type { ScopeKind } from '../scopes/settings.js'
import { adoptSession } from './adopt-session.js'
import type { EventName } from './handlers.js'
import { attach, served } from './opened.js'
import { reportError } from './report-error.js'
import type { AnyScopes, ServedApplication } from './served-application.js'
import { startSession } from './session-start.js'
import { errorOf } from './thrown.js'
import type { ScopedContext, ScopedMembers, ScopesShape } from './types.js'

/** A web socket, a stream of events, or another connection that outlives its request, bound to the session of its visitor. */
export type Connection<S extends ScopesShape = ScopesShape> = OpenedConnection<ScopedMembers<S>>

export interface ConnectOptions<S extends ScopesShape> {
  /** Origins whose pages may open connections, besides the application's own, as in `https://app.example.com`. */
  readonly origins?: readonly string[]
  /** Refuses requests without an Origin, which come from programs and not from pages. Default: false. */
  readonly requireOrigin?: boolean
  /**
   * Runs before the connection is opened, as a handler does in a request: it can begin a session, log in, and refuse with
   * `ctx.throw(401)`. There is no response to write, but headers that it sets are given for the handshake.
   */
  readonly open?: (ctx: ScopedContext<S>) => unknown
  /** What a run does after the session has ended: `refuse` (default) rejects, `pass` finds an empty session. */
  readonly afterEnd?: 'refuse' | 'pass'
}

const action = 'open a live connection'

const kinds: readonly ScopeKind[] = ['session', 'client']

/**
 * Opens a live connection for an upgrade request, or the request of an event stream: checks where it comes from, identifies
 * the visitor, starts the application, runs onSessionStart for a new visitor, then `open`, and commits. Nothing is
 * answered: the caller sends `connection.headers` with the handshake, or refuses with the `status` of the error. `ctx`: of
 * this request, with a response of its own that is never sent. Throws TypeError,
 * SCOPE_NOT_OPEN, SCOPE_SEALED, ORIGIN_REFUSED, SCOPE_SUPERSEDED, SCOPE_LOST, CONTAINER_CLOSED, and what a request can fail with.
 */
export async function connect<S extends ScopesShape>(
  application: ServedApplication,
  ctx: Koa.Context,
  options: ConnectOptions<S> = {},
): Promise<Connection<S>> {
  const { afterEnd, open, origins, requireOrigin } = checked(options)
  assertConnectable(application, 'connect()')
  assertScoped(application, ctx)
  const { inFlight, life } = application
  const { host, secure } = ctx
  checkOrigin({ host, secure, ...originOf(ctx.req) }, { origins, requireOrigin })
  inFlight.enter(action)
  try {
    await life.use()
    const opening = new Opening(application, ctx)
    await opening.run(open as ((ctx: unknown) => unknown) | undefined)
    opening.assertBindable()
    return opening.connection<S>(afterEnd)
  } finally {
    inFlight.leave()
  }
}

/** Throws SCOPE_NOT_OPEN for a path that opens no scope. An upgrade request still has the mount in its URL. */
function assertScoped({ config }: ServedApplication, { app, path, req }: Koa.Context): void {
  const { host, mount, scopeless } = config
  const within = originalUrlOf(req) === undefined ? (pathWithin({ host, mount }, req, app.proxy) ?? path) : path
  if (isScopeless(scopeless, within)) throw new ScopesError('SCOPE_NOT_OPEN', { scope: 'session' })
}

function checked<S extends ScopesShape>(options: ConnectOptions<S>) {
  const names = ['origins', 'requireOrigin', 'open', 'afterEnd'] as const
  const { afterEnd = 'refuse', open, origins = [], requireOrigin = false } = checkedOptions('connect()', options, names)
  checkFlag('requireOrigin', requireOrigin)
  if (open !== undefined) checkFunction('open', open)
  checkWord('afterEnd', afterEnd, ['refuse', 'pass'])
  return { afterEnd, open, origins: originsIn('connect()', origins), requireOrigin }
}

/**
 * Throws SCOPE_SEALED if connections of this application would have to be bound to a record that is in its visitor's cookie,
 * of whose end no node learns.
 */
export function assertConnectable({ client, session }: ServedApplication, operation: string): void {
  decisive({ ...(session && { session }), ...(client && { client }) })?.scope.storedFor(operation)
}

const originOf = ({ headers }: IncomingMessage) => ({
  origin: headers.origin,
  site: [headers['sec-fetch-site']].flat()[0],
})

/** The request that opens a connection, from identification to commit. */
class Opening {
  readonly #application: ServedApplication
  readonly #ctx: Koa.Context
  readonly #scopes: RequestScopes
  /** The scopes whose record the handler had before, so that it must still be there. */
  #expected: readonly ScopeKind[] = []

  constructor(application: ServedApplication, ctx: Koa.Context) {
    this.#application = application
    this.#ctx = ctx
    this.#scopes = new RequestScopes(application, ctx)
    attach(ctx, { application, scopes: this.#scopes })
  }

  /** If something fails, what it has not saved yet is discarded. */
  async run(open: ((ctx: unknown) => unknown) | undefined): Promise<void> {
    const scopes = this.#scopes
    try {
      const served = await this.#served()
      await scopes.open(served)
      const isAdopted = !served && (await this.#adoptSession())
      this.#assertIdentified()
      if (!served) await this.#startSession(isAdopted)
      await open?.(this.#ctx)
      const [error] = (await scopes.finishOperations()) ?? []
      if (error !== undefined) throw error
      await scopes.commit()
    } catch (error) {
      await scopes.finishOperations()
      scopes.abandon()
      throw this.#withHeaders(error)
    } finally {
      scopes.release()
    }
  }

  /**
   * The ids of the records that the handler works on in which this connection is opened; undefined if no handler serves this request.
   * What it has begun is saved, so that it can be loaded. Throws SCOPE_SUPERSEDED, and what `commit()` does.
   */
  async #served(): Promise<Readonly<Partial<Record<ScopeKind, string>>> | undefined> {
    const { application, scopes } = served(this.#ctx.req) ?? {}
    if (application !== this.#application || !scopes) return undefined
    const ids: Partial<Record<ScopeKind, string>> = {}
    for (const kind of this.#declared()) {
      const handle = scopes.handle(kind)
      if (handle.isNew) await handle.commit()
      if (handle.id !== undefined && !this.#application[kind]?.scope.strategy.sealed) ids[kind] = handle.id
    }
    this.#expected = this.#declared().filter((kind) => ids[kind] !== undefined && !scopes.handle(kind).isNew)
    if (scopes.isSuperseded) throw new ScopesError('SCOPE_SUPERSEDED', { scope: this.#declared()[0] ?? 'session' })
    return ids
  }

  /**
   * Throws CONTAINER_CLOSED; and SCOPE_LOST, because what `open` has checked was true of a record that is no more, and there
   * would be nothing to be bound to.
   */
  assertBindable(): void {
    const { lost } = this.#scopes
    try {
      this.#application.inFlight.assertOpen(action)
      if (lost) throw new ScopesError('SCOPE_LOST', { scope: lost, id: '' })
    } catch (error) {
      throw this.#withHeaders(error)
    }
  }

  connection<S extends ScopesShape>(afterEnd: 'refuse' | 'pass'): Connection<S> {
    const [session, client] = kinds.map((kind) => this.#bound(kind))
    const records = { ...(session && { session }), ...(client && { client }) }
    const decisive = this.#declared()[0]
    const principal = decisive === undefined ? null : this.#scopes.handle(decisive).principal
    const binding = { application: this.#application, records, principal, afterEnd }
    return new OpenedConnection<ScopedMembers<S>>(binding, headerPairs(this.#ctx.res.getHeaders()))
  }

  #withHeaders(error: unknown): unknown {
    if (isObject(error)) refusals.set(error, headerPairs(this.#ctx.res.getHeaders()))
    return error
  }

  /** Throws SCOPE_SUPERSEDED, SCOPE_LOST, or the error of a load that failed: without its record the connection would be another one. */
  #assertIdentified(): void {
    for (const kind of this.#declared())
      if (!this.#scopes.handle(kind).exists && this.#expected.includes(kind))
        throw new ScopesError('SCOPE_LOST', { scope: kind, id: '' })
    if (this.#scopes.isSuperseded)
      throw new ScopesError('SCOPE_SUPERSEDED', { scope: this.#declared()[0] ?? 'session' })
  }

  #adoptSession(): Promise<boolean> {
    return this.#reporting('adopt', (ctx) => adoptSession(this.#application, this.#scopes, ctx))
  }

  #startSession(isAdopted: boolean): Promise<void> {
    return this.#reporting('onSessionStart', (ctx) => startSession(this.#application, this.#scopes, ctx, isAdopted))
  }

  async #reporting<T>(event: EventName, run: (ctx: ScopedContext<AnyScopes>) => Promise<T>): Promise<T> {
    const ctx = this.#ctx as unknown as ScopedContext<AnyScopes>
    try {
      return await run(ctx)
    } catch (thrown) {
      const error = errorOf(thrown)
      const { failures, handlers } = this.#application
      await reportError(handlers, failures, error, { event, ctx })
      throw error
    }
  }

  #bound(kind: ScopeKind): Bound | undefined {
    const served = this.#application[kind]
    return served && { scope: served.scope, id: this.#scopes.handle(kind).id }
  }

  #declared(): readonly ScopeKind[] {
    return kinds.filter((kind) => this.#application[kind] !== undefined)
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const refusals = new WeakMap<object, readonly HeaderPair[]>()

/** The headers to refuse with: the cookie of a login that `open` made before it threw, without which the visitor is logged out. */
export const headersOfRefusal = (error: unknown): readonly HeaderPair[] =>
  (isObject(error) && refusals.get(error)) || []
