import type { EndReason } from '../scopes/events.js'
import type { Logger } from '../support/logger.js'
import type { ApplicationData, ClientData, ScopedContext, ScopesShape, SessionData } from './types.js'

/** Where an error came from: the handler that threw (`onRequest` for the middleware), or `load` and `commit` at a request's two ends. */
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
  | 'commit'

interface EndOf<S extends ScopesShape> {
  /** Of the record that ended; no secret. */
  readonly id: string
  /** The user it belonged to; null for none. */
  readonly principal: string | null
  readonly application: ApplicationData<S>
  readonly reason: EndReason
  /** From 1; above 1 the handler threw before, or the node that ran it died. */
  readonly attempt: number
  readonly log: Logger
}

type Awaitable<T> = T | Promise<T>

/** What an application does at the turns of its life: the counterparts of Application.cfc's methods, all optional. */
export interface EventHandlers<S extends ScopesShape> {
  /** Once per node, before the first request. Returning false, or throwing, means not started: the next request tries again. */
  onApplicationStart?(event: { application: ApplicationData<S>; log: Logger }): Awaitable<unknown>
  onApplicationEnd?(event: { application: ApplicationData<S>; log: Logger }): Awaitable<unknown>
  /** At a visitor's first request, before onRequestStart. With it every visitor gets a session; without it, those who store something. */
  onSessionStart?(event: {
    session: SessionData<S>
    client: ClientData<S>
    application: ApplicationData<S>
    ctx: ScopedContext<S>
  }): Awaitable<unknown>
  /** Once per session in the whole cluster. `session` is a copy: what is changed in it goes nowhere. Throwing means: again later, at most five times. */
  onSessionEnd?(event: EndOf<S> & { session: S['session'] & object }): Awaitable<unknown>
  onClientEnd?(event: EndOf<S> & { client: S['client'] & object }): Awaitable<unknown>
  /** Before every request. Returning false ends the request: no page, no onRequestEnd. */
  onRequestStart?(ctx: ScopedContext<S>): Awaitable<unknown>
  /** In place of the middleware; `next` runs it. */
  onRequest?(ctx: ScopedContext<S>, next: () => Promise<unknown>): Awaitable<unknown>
  onRequestEnd?(ctx: ScopedContext<S>): Awaitable<unknown>
  /** When nothing answered: no body and status 404. */
  onMissingTemplate?(ctx: ScopedContext<S>): Awaitable<unknown>
  /** The client left before the response was complete. CFML's fires on cfabort, which has no counterpart here. */
  onAbort?(ctx: ScopedContext<S>): Awaitable<unknown>
  /** Every error of the above, and of the middleware. If it sets `ctx.body`, that is the answer, with status 500 unless it sets another; else Koa answers. */
  onError?(error: unknown, where: { readonly event: EventName; readonly ctx?: ScopedContext<S> }): Awaitable<unknown>
}
