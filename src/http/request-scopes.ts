import { ScopesError } from '../errors/scopes-error.js'
import { ScopeHandle } from '../scopes/request/handle.js'
import { identify } from '../scopes/request/identification.js'
import { closeOperations, finishOperations } from '../scopes/request/late-operations.js'
import { RequestScope } from '../scopes/request/request-scope.js'
import { scopeData } from '../scopes/request/scope-data.js'
import { nothingIssued } from '../scopes/request/visitor-credential.js'
import type { ScopeKind } from '../scopes/settings.js'
import { allDone } from '../support/all-done.js'
import { beforeHeaders } from './before-headers.js'
import { isPublic } from './caching.js'
import type { Carrier, Exchange, Reply } from './carrier.js'
import { ClearedCookies, type OldCookie } from './cleared-cookies.js'
import { routeOf } from './route.js'
import type { ServedScopes } from './served-scopes.js'

/** One scope of the request. `data` and `handle` are created when a handler first uses them. */
interface Part {
  readonly request: RequestScope
  readonly carrier: Carrier
  /** The request headers that the response depends on. */
  readonly headers: string
  readonly reply: Reply
  /** The response was made from the scope. */
  isUsed: boolean
  data?: Record<string, unknown>
  handle?: ScopeHandle
}

/** The record scopes of one request, from identification to the final commit. */
export class RequestScopes {
  readonly #served: ServedScopes
  readonly #exchange: Exchange
  readonly #parts: Part[] = []
  #cleared: ClearedCookies | undefined
  /** Called once it is known whether the headers that remove cookies have left. */
  #whenSent: ((haveLeft: boolean) => void) | undefined
  /** What others have begun on the session in the name of the handler. */
  readonly #tasks = new Set<Promise<unknown>>()
  #isFinal = false
  /** For the log. */
  readonly #route = () => routeOf(this.#exchange.req)

  constructor(served: ServedScopes, exchange: Exchange) {
    this.#served = served
    this.#exchange = exchange
  }

  /**
   * Loads the records that the request's credentials name, all scopes in one turn; undefined if there is none to load. `known`:
   * the ids of records that are known without them.
   */
  open(known?: Readonly<Partial<Record<ScopeKind, string>>>): Promise<unknown> | undefined {
    const loads: Promise<unknown>[] = []
    for (const kind of ['session', 'client'] as const) {
      const id = known?.[kind]
      if (id !== undefined) {
        loads.push(this.#part(kind).request.openById(id, { isAccess: true }))
        continue
      }
      const credentials = this.#served[kind]?.carriers.of(this.#exchange).credentialsIn(this.#exchange) ?? []
      const load = credentials.length > 0 ? identify(this.#part(kind).request, credentials) : undefined
      if (load) loads.push(load)
    }
    return loads.length === 0 ? undefined : allDone(loads)
  }

  /** Throws SCOPE_NOT_DECLARED. */
  data(kind: ScopeKind): Record<string, unknown> {
    const part = this.#part(kind)
    part.isUsed = true
    part.data ??= scopeData(part.request)
    return part.data
  }

  /** Throws SCOPE_NOT_DECLARED. */
  handle(kind: ScopeKind): ScopeHandle {
    const part = this.#part(kind)
    part.isUsed = true
    part.handle ??= new ScopeHandle(part.request)
    return part.handle
  }

  /** Whether a browser adds the credential of this request by itself. Throws SCOPE_NOT_DECLARED. */
  isAmbient(kind: ScopeKind): boolean {
    return this.#part(kind).carrier.isAmbient
  }

  /** Whether the request brought a credential of this scope, also one that opens no record. */
  presents(kind: ScopeKind): boolean {
    const credentials = this.#served[kind]?.carriers.of(this.#exchange).credentialsIn(this.#exchange)
    return credentials !== undefined && credentials.length > 0
  }

  /**
   * The response removes cookies of an earlier program. To be called after a scope has begun. `whenSent` is called once: as soon as
   * the headers leave, or after the request if the visitor has left before.
   */
  clearCookies(cookies: readonly OldCookie[], whenSent?: (haveLeft: boolean) => void): void {
    if (cookies.length > 0) this.#cleared = new ClearedCookies(cookies, this.#exchange)
    this.#whenSent = whenSent
  }

  /** The final commit waits for this, as for an operation. */
  awaits(task: Promise<unknown>): void {
    const done = () => void this.#tasks.delete(task)
    this.#tasks.add(task)
    task.then(done, done)
  }

  /** The session's state, for onSessionStart. */
  get session(): RequestScope {
    return this.#part('session').request
  }

  /** Called after onSessionStart: what the scopes hold now is what it gave them. */
  greeted(): void {
    for (const { request } of this.#parts) request.record?.greeted?.()
  }

  /**
   * Waits for the operations that the handler began without awaiting them; undefined if there are none. Resolves with the
   * errors of those that it did not await either.
   */
  finishOperations(): Promise<readonly unknown[]> | undefined {
    const requests = this.#parts.map(({ request }) => request)
    return this.#tasks.size > 0 ? this.#finishTasks(requests) : finishOperations(requests)
  }

  /** A task that is done may have begun others. */
  async #finishTasks(requests: readonly RequestScope[]): Promise<readonly unknown[]> {
    while (this.#tasks.size > 0) await Promise.allSettled(this.#tasks)
    return (await finishOperations(requests)) ?? []
  }

  /** Whether the visitor presented a secret that has just been replaced. */
  get isSuperseded(): boolean {
    return this.#parts.some(({ request }) => request.state.is('superseded'))
  }

  /** A scope whose record has ended while the request ran. */
  get lost(): ScopeKind | undefined {
    return this.#parts.find(({ request }) => request.state.is('lost'))?.request.scope.kind
  }

  /**
   * Encodes all changes before anything is saved, saves all scopes in one turn, and sets the headers with the credentials.
   * undefined if nothing has to be saved.
   */
  commit(): Promise<void> | undefined {
    this.#isFinal = true
    for (const { request } of this.#parts) closeOperations(request, this.#route)
    try {
      const changed = this.#parts.filter(({ request }) => request.prepare())
      if (changed.length > 0) return this.#save(changed)
    } catch (error) {
      this.#giveUp()
      throw error
    }
    this.#close()
    return undefined
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

  /** Ends the request without a commit: what it has not saved is discarded. After a commit that failed it does nothing more. */
  abandon(): void {
    this.#isFinal = true
    for (const { request } of this.#parts) closeOperations(request, this.#route)
    this.#giveUp()
  }

  #giveUp(): void {
    for (const { request } of this.#parts) request.discard()
    this.#close()
  }

  #close(): void {
    for (const { request } of this.#parts) request.close()
    const { res } = this.#exchange
    if (res.headersSent) return
    this.#cleared?.putIn(res)
    for (const part of this.#parts) this.#reply(part)
  }

  /** Whether `release` has anything to do, such as a look for values that the handler has changed in place since the commit. */
  get awaitsRelease(): boolean {
    return this.#whenSent !== undefined || this.#parts.some(({ request }) => request.awaitsRelease)
  }

  release(): void {
    for (const { request } of this.#parts) request.release()
    this.#tellWhetherSent(false)
  }

  #tellWhetherSent(haveLeft: boolean): void {
    const tell = this.#whenSent
    this.#whenSent = undefined
    tell?.(haveLeft)
  }

  #part(kind: ScopeKind): Part {
    return this.#parts.find(({ request }) => request.scope.kind === kind) ?? this.#begin(kind)
  }

  #begin(kind: ScopeKind): Part {
    const served = this.#served[kind]
    if (!served) throw new ScopesError('SCOPE_NOT_DECLARED', { scope: kind, application: this.#served.name })
    const { scope, carriers } = served
    const carrier = carriers.of(this.#exchange)
    const { res } = this.#exchange
    if (this.#parts.length === 0) beforeHeaders(res, () => this.#beforeHeaders())
    const { describe } = this.#served
    const request = new RequestScope(scope, {
      isTooLate: () => this.#isFinal || res.headersSent,
      ...(describe && { describe: () => describe(this.#exchange) }),
    })
    if (carrier.leavesOut(this.#exchange) && carrier.credentialsIn(this.#exchange).length === 0)
      request.state.become('withheld')
    const part = {
      request,
      carrier,
      headers: carriers.headers,
      reply: carrier.replyTo(this.#exchange),
      isUsed: false,
    }
    this.#parts.push(part)
    if (this.#isFinal) closeOperations(request, this.#route)
    return part
  }

  /**
   * Refuses headers while changes are uncommitted, because a handler may send them itself. Sets the credentials again,
   * because Koa's error path drops all headers set before.
   */
  #beforeHeaders(): void {
    this.#assertCommitted()
    const { req, res } = this.#exchange
    const { caching } = this.#served
    if (this.#cleared) {
      this.#cleared.putIn(res)
      caching.carriesCredential(req, res, 'Cookie')
    }
    const others: Part[] = []
    for (const part of this.#parts)
      if (this.#reply(part) || part.request.visitor.isShown) caching.carriesCredential(req, res, part.headers)
      else if (part.isUsed) others.push(part)
    // After all credentials: the `private` that one scope gets by default must not pass for the handler's word.
    for (const { headers } of others) caching.madeFrom(res, headers)
    this.#tellWhetherSent(true)
  }

  /** True if the response carries a credential. Nothing is renewed on a response that the handler made public. */
  #reply({ carrier, reply, request }: Part): boolean {
    const { issued } = request
    if (issued.kind !== 'confirmed') return reply.say(issued)
    const isRenewed = carrier.isRenewalDue(this.#exchange, issued) && !isPublic(this.#exchange.res)
    return reply.say(isRenewed ? issued : nothingIssued)
  }

  #assertCommitted(): void {
    for (const { request } of this.#parts)
      if (request.hasChanges || request.operations.areOpen)
        throw new ScopesError('HEADERS_BEFORE_COMMIT', { scope: request.scope.kind })
  }
}
