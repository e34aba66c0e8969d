import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type Koa from 'koa'
import { isScopesError } from '../errors/scopes-error.js'
import { isBrokenOff } from '../http/broken-off.js'
import type { Operator } from './access/access.js'
import { Unknown } from './access/guard.js'
import { type Answer, type Done, type Moved, type Page, Refusal } from './answer.js'
import { type Html, html } from './html/html.js'
import { framed, sectionAt } from './html/layout.js'
import type { Operated } from './operated.js'
import { loginPage } from './pages/login.js'

/** Sends answers and failures: as pages to browsers, as JSON to programs. */
export class Answering {
  readonly #operated: Operated
  readonly #node: string

  constructor(operated: Operated, node: string) {
    this.#operated = operated
    this.#node = node
  }

  send(ctx: Koa.Context, answer: Answer, operator?: Operator): void {
    if (wantsJson(ctx)) sendJson(ctx, 200, answer.data)
    else if ('to' in answer) moveOn(ctx, answer, operator)
    else this.#sendPage(ctx, answer, 200, operator)
  }

  fail(ctx: Koa.Context, error: unknown, operator?: Operator): void {
    if (error instanceof Unknown) this.#askToSignIn(ctx, error)
    else this.#report(ctx, error, operator)
  }

  /** Logs a failure; one of a broken connection at level debug only, because strangers can cause any number of them. */
  logFailure(error: unknown, request: IncomingMessage): void {
    const { log } = this.#operated
    if (isBrokenOff(error, request)) log.debug({ err: error }, 'a request for the admin page broke off')
    else log.error({ err: error }, 'a page for operators failed')
  }

  #report(ctx: Koa.Context, error: unknown, operator: Operator | undefined): void {
    const { status, title, ...failure } = failureOf(error)
    if (status === 500) this.logFailure(error, ctx.req)
    if (wantsJson(ctx)) sendJson(ctx, status, { error: { status, ...failure } })
    else {
      const section = sectionAt(ctx.path)
      this.#sendPage(ctx, { title, section, data: {}, body: () => problem(failure.message) }, status, operator)
    }
  }

  #askToSignIn(ctx: Koa.Context, { next, stranger }: Unknown): void {
    const isLimited = stranger.reason === 'limited'
    const status = isLimited ? 429 : 401
    if (isLimited) ctx.set('Retry-After', `${Math.ceil(stranger.waitMs / 1_000)}`)
    else ctx.set('WWW-Authenticate', 'Bearer realm="koa-scopes admin"')
    const message = `Send the token, as in "Authorization: Bearer <token>": ${stranger.reason}.`
    if (wantsJson(ctx)) sendJson(ctx, status, { error: { status, message } })
    else this.#sendPage(ctx, loginPage(stranger, next, ctx.get('sec-fetch-site')), status)
  }

  #sendPage(ctx: Koa.Context, page: Page, status: number, operator?: Operator): void {
    const session = operator?.session
    const notice = session?.notice
    if (session && ctx.get('x-refresh') === '') session.notice = undefined // a refresh of another tab does not consume it
    ctx.status = status
    ctx.type = 'html'
    ctx.body = framed({
      title: page.title,
      section: page.section,
      body: page.body(),
      node: this.#node,
      isClosing: this.#operated.isClosing(),
      session,
      notice,
      isAskedAgain: page.isAskedAgain === true,
    })
  }
}

/** A browser goes to the page where the result shows. */
function moveOn(ctx: Koa.Context, answer: Done | Moved, operator: Operator | undefined): void {
  if ('done' in answer && operator?.session) operator.session.notice = answer.done
  ctx.status = 303
  ctx.set('Location', answer.to)
  ctx.body = ''
}

const problem = (message: string): Html => html`<p class="problem">${message}</p>`

/** Programs say so by `Accept`; those with the token in a header may leave it out. */
function wantsJson(ctx: Koa.Context): boolean {
  const isProgram = ctx.get('authorization') !== '' && !ctx.get('accept').includes('text/html')
  return isProgram || ctx.accepts('html', 'json') === 'json'
}

function sendJson(ctx: Koa.Context, status: number, data: object): void {
  ctx.status = status
  ctx.type = 'json'
  ctx.body = `${JSON.stringify(data)}\n`
}

/** Operators see the messages of this package, which hold no secret; of other errors only that there was one. */
function failureOf(error: unknown) {
  if (error instanceof Refusal) return { status: error.status, title: error.title, message: error.message }
  if (isScopesError(error, 'KEY_NOT_STORABLE'))
    // here ids and keys come from requests
    return { status: 400, title: 'Not understood', message: error.message, code: error.code }
  if (isScopesError(error)) {
    const title = STATUS_CODES[error.status] ?? 'Failed'
    return { status: error.status, title, message: error.message, code: error.code }
  }
  return { status: 500, title: 'Failed', message: 'This page failed. The log says why.' }
}
