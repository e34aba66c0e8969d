import type Koa from 'koa'
import type { RecordScope } from '../config/config.js'
import { ScopeHandle } from '../scopes/handle.js'
import { RequestScope } from '../scopes/request-scope.js'
import { scopeData } from '../scopes/scope-data.js'
import { ScopesError } from '../support/errors.js'
import { beforeHeaders } from './before-headers.js'
import { credentialsIn } from './identification.js'
import { ResponseCookie } from './response-cookie.js'
import type { ServedApplication } from './served-application.js'

/** What handlers use of a scope is made when they do. */
interface Part {
  readonly request: RequestScope
  readonly cookie: ResponseCookie
  data?: Record<string, unknown>
  handle?: ScopeHandle
}

/** The record scopes of one request, from identification to the final commit. */
export class RequestScopes {
  readonly #application: ServedApplication
  readonly #ctx: Koa.Context
  readonly #parts: Part[] = []
  #isGuarded = false
  #isCommitted = false
  #isPrivate = false

  constructor(application: ServedApplication, ctx: Koa.Context) {
    this.#application = application
    this.#ctx = ctx
  }

  /** Loads what the cookies name, all scopes in one turn; undefined when there is nothing to wait for. */
  open(): Promise<unknown> | undefined {
    const loads: Promise<void>[] = []
    for (const kind of ['session', 'client'] as const) {
      const served = this.#application[kind]
      const credentials = served ? credentialsIn(this.#ctx.req, served.cookie.nameFor(this.#ctx)) : []
      if (credentials.length > 0) loads.push(this.#part(kind).request.identify(credentials))
    }
    if (loads.length === 0) return undefined
    this.#guard()
    return allDone(loads)
  }

  /** Throws SCOPE_NOT_DECLARED. */
  data(kind: RecordScope): Record<string, unknown> {
    const part = this.#part(kind)
    part.data ??= scopeData(part.request)
    return part.data
  }

  /** Throws SCOPE_NOT_DECLARED. */
  handle(kind: RecordScope): ScopeHandle {
    const part = this.#part(kind)
    part.handle ??= new ScopeHandle(part.request)
    return part.handle
  }

  /** The session's state, for onSessionStart. */
  get session(): RequestScope {
    return this.#part('session').request
  }

  /**
   * Encodes everything before anything is saved, saves all scopes in one turn, and settles the cookies; undefined when
   * nothing has to be saved.
   */
  commit(): Promise<void> | undefined {
    const changed = this.#prepare()
    if (changed.length > 0) return this.#save(changed)
    this.#close()
    return undefined
  }

  #prepare(): readonly Part[] {
    try {
      return this.#parts.filter(({ request }) => request.prepare())
    } catch (error) {
      this.#giveUp()
      throw error
    }
  }

  async #save(changed: readonly Part[]): Promise<void> {
    try {
      await allDone(changed.map(({ request }) => request.commit()))
    } catch (error) {
      this.#giveUp()
      throw error
    }
    this.#close()
  }

  #giveUp(): void {
    for (const { request } of this.#parts) request.discard()
    this.#close()
  }

  #close(): void {
    this.#isCommitted = true
    for (const { request } of this.#parts) request.close()
    this.#settleCookies()
  }

  /** True when somebody may still hold values that can be changed in place. */
  get isInUse(): boolean {
    return this.#parts.length > 0
  }

  release(): void {
    for (const { request } of this.#parts) request.release()
  }

  #part(kind: RecordScope): Part {
    return this.#parts.find(({ request }) => request.scope.kind === kind) ?? this.#begin(kind)
  }

  #begin(kind: RecordScope): Part {
    const served = this.#application[kind]
    if (!served) throw new ScopesError('SCOPE_NOT_DECLARED', { scope: kind, application: this.#application.name })
    const request: RequestScope = new RequestScope(served.scope, {
      hasBegun: () => this.#ctx.headerSent,
      cookieChanged: () => this.#writeCookie(part),
    })
    const part: Part = { request, cookie: new ResponseCookie(served.cookie, this.#ctx) }
    this.#parts.push(part)
    if (this.#isCommitted) request.close()
    return part
  }

  #writeCookie({ cookie, request }: Part): void {
    if (this.#ctx.headerSent) return
    this.#guard()
    cookie.write(request.cookie)
  }

  /** What was taken back is out of the headers already. */
  #settleCookies(): void {
    if (this.#ctx.headerSent) return
    for (const { cookie, request } of this.#parts) {
      const change = request.cookie
      if (change.kind === 'none') continue
      this.#guard()
      if (cookie.write(change) || !this.#isPrivate) this.#makePrivate()
    }
  }

  /** A response that carries a cookie is for one visitor only. */
  #makePrivate(): void {
    const { res } = this.#ctx
    this.#isPrivate = true
    if (!res.hasHeader('Cache-Control')) res.setHeader('Cache-Control', 'no-store')
    this.#ctx.vary('Cookie')
  }

  /**
   * From now on headers cannot leave with changes uncommitted, nor without the cookies: a handler may send them itself, and
   * Koa's error path drops every header that was set before.
   */
  #guard(): void {
    if (this.#isGuarded) return
    this.#isGuarded = true
    beforeHeaders(this.#ctx.res, () => {
      this.#assertCommitted()
      this.#settleCookies()
    })
  }

  #assertCommitted(): void {
    if (this.#isCommitted) return
    for (const { request } of this.#parts)
      if (request.hasChanges) throw new ScopesError('HEADERS_BEFORE_COMMIT', { scope: request.scope.kind })
  }
}

/** Waits for all of them, then rejects as the first that did. */
function allDone(tasks: readonly Promise<unknown>[]): Promise<unknown> {
  return tasks.length === 1 ? Promise.resolve(tasks[0]) : settled(tasks)
}

async function settled(tasks: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(tasks)) if (result.status === 'rejected') throw result.reason
}
