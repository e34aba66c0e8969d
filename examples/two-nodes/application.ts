import Router from '@koa/router'
import type Koa from 'koa'
import { koaBody } from 'koa-body'
import {
  defineApplication,
  type ScopedApplication,
  type ScopedContext,
  type ScopedMembers,
  ScopesError,
} from 'koa-scopes'
import { z } from 'zod'
import { type Overview, outagePage, page } from './page.js'

interface Scopes {
  session: { cart?: string[] }
  client: { visits?: number }
}

type Context = ScopedContext<Scopes>

/** The node that runs in this process. */
const node = { name: process.env.NODE_NAME ?? 'without a name', pid: process.pid }

export default defineApplication<Scopes>({
  onSessionEnd({ log, reason, session }) {
    log.info(`a session has ended (${reason}) with ${session.cart?.length ?? 0} items in its cart`)
  },

  /** While Redis is unavailable no session can be loaded: a page says so and reloads by itself. */
  onError(error, { ctx }) {
    if (!ctx || wantsJson(ctx) || !(error instanceof ScopesError) || error.status !== 503) return
    ctx.set({ ...error.headers, Refresh: '2; url=/' })
    ctx.body = outagePage(node)
  },

  setup(app) {
    const { sessions } = app as ScopedApplication<Scopes>
    const router = new Router<Koa.DefaultState, ScopedMembers<Scopes>>()

    router.get('/', async (ctx) => {
      ctx.client.visits = (ctx.client.visits ?? 0) + 1
      await show(ctx)
    })

    router.post('/cart/add', (ctx) => {
      const item = field(ctx, 'item')
      ctx.session.cart ??= []
      ctx.session.cart.push(item)
      return showChange(ctx)
    })

    router.post('/cart/remove', (ctx) => {
      const item = field(ctx, 'item')
      const { cart = [] } = ctx.session
      if (cart.includes(item)) ctx.session.cart = cart.toSpliced(cart.indexOf(item), 1)
      return showChange(ctx)
    })

    router.post('/login', async (ctx) => {
      await ctx.scopes.session.login(field(ctx, 'name'))
      await showChange(ctx)
    })

    router.post('/logout', async (ctx) => {
      await ctx.scopes.session.invalidate()
      await showChange(ctx)
    })

    router.post('/logout-elsewhere', async (ctx) => {
      const { id, principal } = ctx.scopes.session
      if (principal !== null && id !== undefined) await sessions.end({ principal }, { except: id })
      await showChange(ctx)
    })

    app.use(koaBody({ json: false, text: false, formLimit: '32kb' }))
    app.use(router.routes())
    app.use(router.allowedMethods())

    async function show(ctx: Context): Promise<void> {
      const state = await overview(ctx)
      ctx.set('Cache-Control', 'no-store')
      ctx.body = wantsJson(ctx) ? state : page(state)
    }

    /** Browsers are redirected to the page, so that a reload does not repeat the change. */
    async function showChange(ctx: Context): Promise<void> {
      if (wantsJson(ctx)) return show(ctx)
      ctx.status = 303
      ctx.redirect('/')
    }

    async function overview(ctx: Context): Promise<Overview> {
      const { id, principal, timeCreated } = ctx.scopes.session
      return {
        node,
        nodesUp: ctx.get('X-Nodes-Up'),
        session: {
          id: id ?? null,
          created: timeCreated ?? null,
          cart: ctx.session.cart ?? [],
          user: principal,
          sessionsOfUser: principal === null ? 0 : (await sessions.find({ principal })).length,
        },
        visits: ctx.client.visits ?? 0,
      }
    }
  },
})

/** A field of the form. Answers 400 if it is missing, empty or too long. */
function field(ctx: Context, name: string): string {
  const form = z.object({ [name]: z.string().trim().min(1).max(100) }).safeParse(ctx.request.body)
  return form.data?.[name] ?? ctx.throw(400, `The field "${name}" must hold 1 to 100 characters.`)
}

const wantsJson = (ctx: Context) => ctx.accepts('html', 'json') === 'json'
