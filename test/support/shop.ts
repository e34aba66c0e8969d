import { type ApplicationDefinition, defineApplication } from '../../src/koa/define-application.js'
import type { EventHandlers } from '../../src/koa/handlers.js'
import type { ScopedContext } from '../../src/koa/types.js'

// biome-ignore lint/suspicious/noExplicitAny: tests store what they like, and know what they find
type Anything = Record<string, any>

/** Scopes that may hold anything. */
export interface OpenScopes {
  application: Anything
  session: Anything
  client: Anything
}

export type PageContext = ScopedContext<OpenScopes>

/** What a page returns is sent as JSON, unless it has set a body itself. */
export type Page = (ctx: PageContext) => unknown

/** What most tests do with a session; the query says with which attributes. */
export const sessionPages = {
  '/read': (ctx) => ({ ...ctx.session }),
  '/write': (ctx) => void Object.assign(ctx.session, ctx.query),
  '/remove': (ctx) => {
    for (const name of Object.keys(ctx.query)) delete ctx.session[name]
  },
  '/id': (ctx) => ctx.scopes.session.id,
  '/end': (ctx) => ctx.scopes.session.invalidate(),
  '/rotate': (ctx) => ctx.scopes.session.rotate(),
  '/login': (ctx) => ctx.scopes.session.login(String(ctx.query.as)),
  '/principal': (ctx) => ctx.scopes.session.principal,
} satisfies Record<string, Page>

/** An application of pages, by path, with handlers. */
export function shop(
  pages: Readonly<Record<string, Page>>,
  handlers: EventHandlers<OpenScopes> = {},
): ApplicationDefinition<OpenScopes> {
  return defineApplication<OpenScopes>({
    ...handlers,
    setup(app) {
      app.use(async (ctx) => {
        const page = pages[ctx.path]
        if (!page) return
        const result = await page(ctx)
        if (ctx.body === undefined) ctx.body = JSON.stringify(result ?? null)
      })
    },
  })
}
