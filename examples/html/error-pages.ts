import type Koa from 'koa'
import type { EventName } from 'koa-scopes'
import { type ErrorWords, wordsFor } from './error-words.js'
import { type Html, html } from './html.js'

type Context = Koa.ParameterizedContext<Koa.DefaultState, object>
type Document = (title: string, body: Html) => string

/**
 * Handlers that answer a browser with a page if there is an error, or nothing at an address. `document` makes a whole page of its
 * title and its body. Clients that ask for JSON get what Koa answers.
 */
export const errorPages = (document: Document) => ({
  onError(error: unknown, { ctx }: { readonly event: EventName; readonly ctx?: Context }): void {
    if (ctx && wantsHtml(ctx)) ctx.body = page(document, wordsFor(error), ctx)
  },

  onMissingTemplate(ctx: Context): void {
    if (!wantsHtml(ctx)) return
    ctx.status = 404
    ctx.body = page(document, wordsFor({ status: 404 }), ctx)
  },
})

const wantsHtml = (ctx: Context) => ctx.accepts('html', 'json') === 'html'

const page = (document: Document, { back, text, title }: ErrorWords, ctx: Context): string =>
  document(
    title,
    html`
  <main class="error">
    <h1>${title}</h1>
    <p>${text}</p>
    <p><a href="${homeOf(ctx)}">${back}</a></p>
  </main>`,
  )

/** The first page of the application, wherever that is mounted: what was mounted is gone from `url`. */
const homeOf = ({ originalUrl, url }: Context) => `${originalUrl.slice(0, originalUrl.length - url.length)}/`
