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
import { styledDocument } from '../html/document.js'
import { errorPages } from '../html/error-pages.js'
import { loggedOutElsewhere } from '../html/logged-out.js'
import type { Notice } from '../html/notice.js'
import { focusAfterRemoval, type Overview, outagePage, page } from './page.js'

interface Scopes {
  session: { cart?: string[] }
  /** The notice is here because it outlives a logout. */
  client: { visits?: number; notice?: Notice }
}

type Context = ScopedContext<Scopes>

/** The node that runs in this process. */
const node = { name: process.env.NODE_NAME ?? 'without a name', pid: process.pid }

const pages = errorPages(styledDocument)

export default defineApplication<Scopes>({
  ...pages,

  onSessionEnd({ log, reason, session }) {
    log.info(`a session has ended (${reason}) with ${session.cart?.length ?? 0} items in its cart`)
  },

  /** While Redis is unavailable no session can be loaded: a page says so and reloads by itself. */
  onError(error, { ctx, event }) {
    if (!ctx || wantsJson(ctx)) return
    if (!(error instanceof ScopesError) || error.status !== 503) return pages.onError(error, { ctx, event })
    ctx.set({ ...error.headers, Refresh: '5; url=/' })
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
      return showChange(ctx, { text: `${item} is in your cart.`, focus: 'item' })
    })

    router.post('/cart/remove', (ctx) => {
      const item = field(ctx, 'item')
      const { cart = [] } = ctx.session
      const row = cart.indexOf(item)
      if (row === -1) return showChange(ctx, { text: `${item} was not in your cart any more.`, focus: 'item' })
      ctx.session.cart = cart.toSpliced(row, 1)
      return showChange(ctx, { text: `${item} is removed.`, focus: focusAfterRemoval(row, cart.length - 1) })
    })

    router.post('/login', async (ctx) => {
      const name = field(ctx, 'name')
      await ctx.scopes.session.login(name)
      await showChange(ctx, { text: `You are logged in as ${name}.`, focus: 'logout' })
    })

    router.post('/logout', async (ctx) => {
      await ctx.scopes.session.invalidate()
      await showChange(ctx, { text: 'You are logged out.', focus: 'name' })
    })

    router.post('/logout-elsewhere', async (ctx) => {
      const { id, principal } = ctx.scopes.session
      if (principal === null || id === undefined) return ctx.throw(401)
      const ended = await sessions.end({ principal }, { except: id })
      await showChange(ctx, { text: loggedOutElsewhere(ended), focus: 'logout-elsewhere' })
    })

    app.use(koaBody({ json: false, text: false, formLimit: '32kb' }))
    app.use(router.routes())
    app.use(router.allowedMethods())

    async function show(ctx: Context): Promise<void> {
      const state = await overview(ctx)
      ctx.set('Cache-Control', 'no-store')
      ctx.body = wantsJson(ctx) ? state : page(state, takeNotice(ctx))
    }

    /** Browsers are redirected to the page, which shows the notice, so that a reload does not repeat the change. */
    async function showChange(ctx: Context, notice: Notice): Promise<void> {
      if (wantsJson(ctx)) return show(ctx)
      ctx.client.notice = notice
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
  return form.data?.[name] ?? ctx.throw(400, `Please write 1 to 100 characters into the field "${name}".`)
}

function takeNotice({ client }: Context): Notice | undefined {
  const { notice } = client
  delete client.notice
  return notice
}

const wantsJson = (ctx: Context) => ctx.accepts('html', 'json') === 'json'
