import { readFile } from 'node:fs/promises'
import Router from '@koa/router'
import type Koa from 'koa'
import { koaBody } from 'koa-body'
import { type ApplicationDefinition, defineApplication, type ScopedContext, type ScopedMembers } from 'koa-scopes'
import { errorPages } from '../html/error-pages.js'
import type { Notice } from '../html/notice.js'
import { page, plainDocument } from './page.js'

export interface Scopes {
  session: { name?: string; lines?: number; notice?: Notice }
}

/** The page of a node, with its login and logout. The sockets are in `node.ts`. */
export function chatApplication(node: string, peer: () => string): ApplicationDefinition<Scopes> {
  const router = new Router<Koa.DefaultState, ScopedMembers<Scopes>>()

  router.get('/', (ctx) => {
    const { lines = 0, name, notice } = ctx.session
    delete ctx.session.notice
    ctx.body = page({ node, peer: peer(), name, lines, notice })
  })

  router.post('/login', async (ctx) => {
    const name = nameIn(ctx)
    ctx.session.name = name
    await ctx.scopes.session.login(name)
    ctx.redirect('/')
  })

  router.post('/logout', async (ctx) => {
    await ctx.scopes.session.invalidate()
    ctx.session.notice = { text: 'You are logged out.', focus: 'name' }
    ctx.redirect('/')
  })

  for (const file of ['chat.js', 'style.css'])
    router.get(`/${file}`, async (ctx) => {
      ctx.type = file.endsWith('js') ? 'text/javascript' : 'text/css'
      ctx.body = await readFile(new URL(`public/${file}`, import.meta.url))
    })

  return defineApplication<Scopes>({
    ...errorPages(plainDocument),

    setup(app) {
      app.use(async (ctx, next) => {
        ctx.set(
          'Content-Security-Policy',
          "default-src 'none'; img-src data:; script-src 'self'; style-src 'self'; connect-src 'self'",
        )
        await next()
      })
      app.use(koaBody({ json: false, text: false, formLimit: '8kb' }))
      app.use(router.routes())
      app.use(router.allowedMethods())
    },
  })
}

/** Answers 400 if it is missing, empty or too long. */
function nameIn(ctx: ScopedContext<Scopes>): string {
  const { name } = (ctx.request.body ?? {}) as { readonly name?: unknown }
  const trimmed = typeof name === 'string' ? name.trim() : ''
  if (trimmed === '' || trimmed.length > 40) ctx.throw(400, 'A name has 1 to 40 characters.')
  return trimmed
}
