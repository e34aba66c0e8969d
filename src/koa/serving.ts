import type Koa from 'koa'
import type { RequestScopes } from '../http/request-scopes.js'
import { endOfTurn } from '../support/end-of-turn.js'
import { adoptSession } from './adopt-session.js'
import type { EventHandlers, EventName } from './handlers.js'
import { logFailure, reportError } from './report-error.js'
import type { AnyScopes, ServedApplication } from './served-application.js'
import { startSession } from './session-start.js'
import { errorOf } from './thrown.js'
import type { ScopedContext } from './types.js'

/** One request, which runs the application's handlers in Lucee's order. */
export class Serving {
  readonly #application: ServedApplication
  readonly #handlers: EventHandlers<AnyScopes>
  readonly #ctx: ScopedContext<AnyScopes>
  readonly #scopes: RequestScopes | undefined
  /** The handler that is running, for onError. */
  #event: EventName = 'load'
  /** Whether the answer is that of an error, by onError or by Koa. */
  #hasFailed = false
  /** The end of the turn in which the request came, if it waits for no store: such requests of one turn are answered together. */
  #turn: Promise<void> | undefined
  /** The error that Koa has to answer. */
  #failure: { readonly error: unknown } | undefined

  constructor(application: ServedApplication, ctx: Koa.Context, scopes: RequestScopes | undefined) {
    this.#application = application
    this.#handlers = application.handlers
    this.#ctx = ctx as unknown as ScopedContext<AnyScopes>
    this.#scopes = scopes
  }

  /** Runs the handlers and commits. Changes made before an error are saved too. Then the request is in flight no longer. */
  async run(next: () => Promise<unknown>): Promise<void> {
    this.#watchForAbort()
    try {
      // Errors of the handlers, and of the operations that they began and did not await.
      const errors: unknown[] = []
      try {
        await this.#handle(next)
      } catch (thrown) {
        errors.push(errorOf(thrown))
      }
      const finishing = this.#scopes?.finishOperations()
      if (finishing) errors.push(...(await finishing))
      for (const error of errors) await this.#failed(error)
      const saving = this.#commit()
      if (saving) await saving
      if (this.#turn) await this.#turn
    } finally {
      this.#application.inFlight.leave()
      this.#releaseAfterResponse()
    }
    if (this.#failure) throw this.#failure.error
  }

  /** undefined if nothing has to be saved. */
  #commit(): Promise<void> | undefined {
    try {
      return this.#scopes?.commit()?.catch((error) => this.#commitFailed(error))
    } catch (error) {
      return this.#commitFailed(error)
    }
  }

  async #commitFailed(error: unknown): Promise<void> {
    this.#event = 'commit'
    if (this.#hasFailed) this.#application.failures.failed(error, 'the changes of a failed request could not be saved')
    await this.#failed(error)
  }

  /** Gives an error to onError. The first one of a request is its answer. */
  async #failed(error: unknown): Promise<void> {
    if (this.#hasFailed) return this.#report(error)
    this.#hasFailed = true
    if (!(await this.#answered(error))) this.#failure = { error }
  }

  async #handle(next: () => Promise<unknown>): Promise<void> {
    const handlers = this.#handlers
    const ctx = this.#ctx
    const opening = this.#scopes?.open()
    if (opening) await opening
    else this.#turn = endOfTurn()
    if ((handlers.adopt || handlers.onSessionStart) && ctx.method !== 'OPTIONS') await this.#beginSession()
    this.#event = 'onRequestStart'
    if (handlers.onRequestStart && (await handlers.onRequestStart(ctx)) === false) return
    this.#event = 'onRequest'
    await (handlers.onRequest ? handlers.onRequest(ctx, next) : next())
    this.#event = 'onMissingTemplate'
    if (handlers.onMissingTemplate && this.#isUnanswered()) await handlers.onMissingTemplate(ctx)
    this.#event = 'onRequestEnd'
    if (handlers.onRequestEnd) await handlers.onRequestEnd(ctx)
  }

  /** The session that the visitor has before the first handler of the request runs. */
  async #beginSession(): Promise<void> {
    const { adopt, onSessionStart } = this.#handlers
    this.#event = 'adopt'
    const isAdopted = adopt !== undefined && (await adoptSession(this.#application, this.#scopes, this.#ctx))
    this.#event = 'onSessionStart'
    if (onSessionStart) await startSession(this.#application, this.#scopes, this.#ctx, isAdopted)
  }

  #isUnanswered(): boolean {
    const { body, headerSent, respond, status } = this.#ctx
    return status === 404 && (body === undefined || body === null) && !headerSent && respond !== false
  }

  /** Reports an error. True if onError has set a body, which is then the answer. */
  async #answered(error: unknown): Promise<boolean> {
    const { response } = this.#ctx
    const before = { body: response.body, status: response.status }
    await this.#report(error)
    if (response.body === before.body || response.body === undefined) return false
    if (response.status === before.status || response.status === 200) response.status = statusOf(error)
    for (const [name, value] of headersOf(error)) if (!this.#ctx.res.hasHeader(name)) response.set(name, value)
    // Koa does so with an error that it answers itself.
    this.#ctx.app.emit('error', this.#application.failures.formForKoa(error), this.#ctx)
    return true
  }

  async #report(error: unknown): Promise<void> {
    const { failures } = this.#application
    const where = { event: this.#event, ctx: this.#ctx }
    await reportError(this.#handlers, failures, error, where)
    for (const failure of (await this.#scopes?.finishOperations()) ?? []) logFailure(failures, failure, where)
  }

  #watchForAbort(): void {
    const { onAbort } = this.#handlers
    const { res } = this.#ctx
    if (!onAbort) return
    res.once('close', async () => {
      if (res.writableFinished) return
      try {
        await onAbort.call(this.#handlers, this.#ctx)
      } catch (error) {
        this.#event = 'onAbort'
        this.#application.failures.failed(error, 'onAbort failed', { event: this.#event })
        await this.#report(error)
      }
    })
  }

  #releaseAfterResponse(): void {
    const scopes = this.#scopes
    const { res } = this.#ctx
    if (!scopes?.awaitsRelease) return
    if (res.closed) scopes.release()
    else res.on('close', () => scopes.release())
  }
}

/** The response headers of an error, such as `Retry-After` of a 503, in the form that Koa uses. */
function headersOf(error: unknown): [name: string, value: string][] {
  const headers = typeof error === 'object' && error !== null && 'headers' in error ? error.headers : undefined
  return Object.entries(headers ?? {})
}

function statusOf(error: unknown): number {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500
}
