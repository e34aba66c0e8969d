import { ScopesError } from '../errors/scopes-error.js'
import { ScopeHandle } from '../scopes/request/handle.js'
import { closeOperations } from '../scopes/request/late-operations.js'
import { RequestScope } from '../scopes/request/request-scope.js'
import { scopeData } from '../scopes/request/scope-data.js'
import { nothingIssued } from '../scopes/request/visitor-credential.js'
import type { ScopeKind } from '../scopes/settings.js'
import { beforeHeaders } from './before-headers.js'
import { isPublic } from './caching.js'
import type { Carrier, Exchange, Reply } from './carrier.js'
import { routeOf } from './route.js'
import type { ServedScopes } from './served-scopes.js'

/** One scope of the request. `data` and `handle` are created when a handler first uses them. */
interface Part {
  readonly request: RequestScope
  readonly carrier: Carrier
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
  #isFinal = false
  /** For the log. */
  readonly #route = () => routeOf(this.#exchange.req)

  constructor(served: ServedScopes, exchange: Exchange) {
    this.#served = served
    this.#exchange = exchange
  }

  /** Loads the records that the request's credentials name, all scopes in one turn; undefined if there is none to load. */
  open(): Promise<unknown> | undefined {
    const loads: Promise<void>[] = []
    for (const kind of ['session', 'client'] as const) {
      const credentials = this.#served[kind]?.carrier.credentialsIn(this.#exchange) ?? []
      const load = credentials.length > 0 ? this.#part(kind).request.identify(credentials) : undefined
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

  /** The session's state, for onSessionStart. */
  get session(): RequestScope {
    return this.#part('session').request
  }

  /** Called after onSessionStart: what the scopes hold now is what it gave them. */
  greeted(): void {
    for (const { request } of this.#parts) request.record?.greeted()
  }

  /**
   * Waits for the operations that the handler began without awaiting them; undefined if there are none. Resolves with the
   * errors of those that it did not await either.
   */
  finishOperations(): Promise<readonly unknown[]> | undefined {
    return this.#open() ? this.#finishOpen() : undefined
  }

  #open(): Part | undefined {
    return this.#parts.find(({ request }) => request.operations.areOpen)
  }

  async #finishOpen(): Promise<readonly unknown[]> {
    const errors: unknown[] = []
    for (let part = this.#open(); part; part = this.#open())
      await part.request.operations.finish().catch((error) => errors.push(error))
    return errors
  }

  /**
   * Encodes all changes before anything is saved, saves all scopes in one turn, and sets the headers with the credentials.
   * undefined if nothing has to be saved.
   */
  commit(): Promise<void> | undefined {
    this.#isFinal = true
    for (const { request } of this.#parts) closeOperations(request, this.#route)
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
    for (const { request } of this.#parts) request.close()
    if (!this.#exchange.res.headersSent) for (const part of this.#parts) this.#reply(part)
  }

  /** Whether the request has used a scope, so that handlers may still hold values that can be changed in place. */
  get isInUse(): boolean {
    return this.#parts.length > 0
  }

  release(): void {
    for (const { request } of this.#parts) request.release()
  }

  #part(kind: ScopeKind): Part {
    return this.#parts.find(({ request }) => request.scope.kind === kind) ?? this.#begin(kind)
  }

  #begin(kind: ScopeKind): Part {
    const served = this.#served[kind]
    if (!served) throw new ScopesError('SCOPE_NOT_DECLARED', { scope: kind, application: this.#served.name })
    const { scope, carrier } = served
    const { res } = this.#exchange
    if (this.#parts.length === 0) beforeHeaders(res, () => this.#beforeHeaders())
    const request = new RequestScope(scope, () => this.#isFinal || res.headersSent)
    if (carrier.leavesOut(this.#exchange) && carrier.credentialsIn(this.#exchange).length === 0)
      request.state.become('withheld')
    const part = { request, carrier, reply: carrier.replyTo(this.#exchange), isUsed: false }
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
    const others: Part[] = []
    for (const part of this.#parts)
      if (this.#reply(part)) caching.carriesCredential(req, res, part.carrier.header)
      else if (part.isUsed) others.push(part)
    // After all credentials: the `private` that one scope gets by default must not pass for the handler's word.
    for (const { carrier } of others) caching.madeFrom(res, carrier.header)
  }

  /** True if the response carries a credential. Nothing is renewed on a response that the handler made public. */
  #reply({ carrier, reply, request }: Part): boolean {
    const mayRenew = carrier.renews && !isPublic(this.#exchange.res)
    return reply.say(mayRenew || request.visitor.hasNews ? request.issued : nothingIssued)
  }

  #assertCommitted(): void {
    for (const { request } of this.#parts)
      if (request.hasChanges || request.operations.areOpen)
        throw new ScopesError('HEADERS_BEFORE_COMMIT', { scope: request.scope.kind })
  }
}

/** Waits for all tasks, then rejects with the first error in their order. */
function allDone(tasks: readonly Promise<unknown>[]): Promise<unknown> {
  return tasks.length === 1 ? Promise.resolve(tasks[0]) : severalDone(tasks)
}

async function severalDone(tasks: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(tasks)) if (result.status === 'rejected') throw result.reason
}
