import type { EndReason } from '../scopes/events.js'
import type { Description } from '../scopes/request/description.js'
import type { Logger } from '../support/logger.js'
import type { OldSession } from './old-session.js'
import type { ApplicationData, ClientData, ScopedContext, ScopesShape, SessionData } from './types.js'

/** The origin of an error: the handler that threw (`onRequest` for middleware), or the `load`, `adopt` or `commit` of a request. */
export type EventName =
  | 'onApplicationStart'
  | 'onApplicationEnd'
  | 'onSessionStart'
  | 'onSessionEnd'
  | 'onClientEnd'
  | 'onRequestStart'
  | 'onRequest'
  | 'onRequestEnd'
  | 'onMissingTemplate'
  | 'onAbort'
  | 'load'
  | 'adopt'
  | 'commit'

interface EndOf<S extends ScopesShape> {
  /** Of the record that ended; no secret. */
  readonly id: string
  /** The user it belonged to; null for none. */
  readonly principal: string | null
  readonly application: ApplicationData<S>
  readonly reason: EndReason
  /** The number of the attempt, from 1. Above 1, the handler threw before, or the node that ran it died. */
  readonly attempt: number
  readonly log: Logger
}

type Awaitable<T> = T | Promise<T>

/** The event handlers of an application: the counterparts of Application.cfc's methods, all optional. */
export interface EventHandlers<S extends ScopesShape> {
  /**
   * Runs once per node, before the first request. If it returns false or throws, the application is not started, and
   * the next request tries again.
   */
  onApplicationStart?(event: { application: ApplicationData<S>; log: Logger }): Awaitable<unknown>
  /** Runs on this node when the application was idle for its timeout, was stopped, or the container closes. */
  onApplicationEnd?(event: { application: ApplicationData<S>; log: Logger }): Awaitable<unknown>
  /**
   * Runs at a visitor's first request, before onRequestStart. If it is defined, every visitor gets a session; else only
   * visitors for whom a value is stored.
   */
  onSessionStart?(event: {
    session: SessionData<S>
    client: ClientData<S>
    application: ApplicationData<S>
    ctx: ScopedContext<S>
    log: Logger
  }): Awaitable<unknown>
  /**
   * Runs once per session in the whole cluster; twice only if a node dies or loses its claim. `session` is a copy;
   * changes are not saved. If it throws, it runs again later, up to five attempts in all.
   */
  onSessionEnd?(event: EndOf<S> & { session: S['session'] & object }): Awaitable<unknown>
  /** Same as onSessionEnd, for clients. */
  onClientEnd?(event: EndOf<S> & { client: S['client'] & object }): Awaitable<unknown>
  /**
   * Says of a login from where it comes, such as device and address: at most 512 bytes of JSON, longer texts are cut. It is
   * stored with the session at each `login()`, and `find` and `list` show it.
   */
  describe?(ctx: ScopedContext<S>): Description
  /**
   * Keeps the sessions of an earlier program: finds the one whose cookie this request presents, for a visitor without a session
   * of ours. `fromKoaSession()` and others of `koa-scopes/adopt` make it. Runs before onSessionStart; must cost nothing if there
   * is no such cookie, and must return nothing for one that may be forged.
   */
  adopt?(ctx: ScopedContext<S>): OldSession<S['session'] & object> | undefined
  /** Runs before every request. If it returns false, the request ends: neither middleware nor onRequestEnd runs. */
  onRequestStart?(ctx: ScopedContext<S>): Awaitable<unknown>
  /** Runs in place of the middleware; `next` runs the middleware. */
  onRequest?(ctx: ScopedContext<S>, next: () => Promise<unknown>): Awaitable<unknown>
  /** Runs after onRequest or the middleware, unless one of them threw. */
  onRequestEnd?(ctx: ScopedContext<S>): Awaitable<unknown>
  /** Runs if the request was not answered: no body and status 404. */
  onMissingTemplate?(ctx: ScopedContext<S>): Awaitable<unknown>
  /** Runs if the client disconnected before the response was complete. CFML's onAbort runs on cfabort, which has no counterpart here. */
  onAbort?(ctx: ScopedContext<S>): Awaitable<unknown>
  /**
   * Runs for every error of the handlers above, of the middleware, of `load` and `commit`. If it sets `ctx.body`, that
   * is the answer, with the error's status (default 500) unless it sets another; otherwise Koa answers.
   */
  onError?(error: unknown, where: { readonly event: EventName; readonly ctx?: ScopedContext<S> }): Awaitable<unknown>
}
