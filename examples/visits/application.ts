import Router from '@koa/router'
import type Koa from 'koa'
import { koaBody } from 'koa-body'
import { defineApplication, type ScopedContext, type ScopedMembers } from 'koa-scopes'
import { z } from 'zod'
import { styledDocument } from '../html/document.js'
import { errorPages } from '../html/error-pages.js'
import type { Notice } from '../html/notice.js'
import { type Overview, page } from './page.js'

interface Scopes {
  application: { startedAt: Date; requests: number }
  session: { visits?: number; cart?: string[] }
  /** The notice is here because it outlives a logout. */
  client: { visits?: number; notice?: Notice }
}

type Context = ScopedContext<Scopes>

export default defineApplication<Scopes>({
  ...errorPages(styledDocument),

  onApplicationStart({ application, log }) {
    application.startedAt = new Date()
    application.requests = 0
    log.info('the application has started')
  },

  onRequestStart({ application }) {
    application.requests += 1
  },

  onSessionEnd({ log, reason, session }) {
    log.info({ reason, visits: session.visits, cart: session.cart }, 'a session has ended')
  },

  setup(app, { cache }) {
    app.use(koaBody({ json: false, text: false, formLimit: '32kb' }))
    // Counted at most every 10 seconds, however many visitors come.
    app.use(async (ctx, next) => {
      ctx.state.sessions = await cache('pages').remember('sessions', '10s', () => app.sessions.count())
      await next()
    })
    app.use(router.routes())
    app.use(router.allowedMethods())
  },
})

const router = new Router<Koa.DefaultState, ScopedMembers<Scopes>>()

router.get('/', (ctx) => {
  ctx.session.visits = (ctx.session.visits ?? 0) + 1
  ctx.client.visits = (ctx.client.visits ?? 0) + 1
  ctx.set('Cache-Control', 'no-store')
  ctx.body = wantsJson(ctx) ? overview(ctx) : page(overview(ctx), takeNotice(ctx))
})

// The forms need no token against cross-site requests: the cookies are SameSite=Lax, so a form on another site does not send them.

router.post('/cart', (ctx) => {
  const item = field(ctx, 'item')
  ctx.session.cart ??= []
  ctx.session.cart.push(item)
  showChange(ctx, { text: `${item} is in your cart.`, focus: 'item' })
})

router.post('/login', async (ctx) => {
  const name = field(ctx, 'name')
  await ctx.scopes.session.login(name)
  showChange(ctx, { text: `You are logged in as ${name}.`, focus: 'logout' })
})

router.post('/logout', async (ctx) => {
  await ctx.scopes.session.invalidate()
  showChange(ctx, { text: 'You are logged out.', focus: 'name' })
})

router.post('/rotate', async (ctx) => {
  await ctx.scopes.session.rotate()
  showChange(ctx, { text: 'Your session has a new cookie.', focus: 'rotate' })
})

/** A field of the form. Answers 400 if it is missing, empty or too long. */
function field(ctx: Context, name: string): string {
  const form = z.object({ [name]: z.string().trim().min(1).max(100) }).safeParse(ctx.request.body)
  return form.data?.[name] ?? ctx.throw(400, `Please write 1 to 100 characters into the field "${name}".`)
}

/** Browsers are redirected to the page, which shows the notice, so that a reload does not repeat the change. */
function showChange(ctx: Context, notice: Notice): void {
  if (wantsJson(ctx)) {
    ctx.body = overview(ctx)
  } else {
    ctx.client.notice = notice
    ctx.status = 303
    ctx.redirect('./')
  }
}

function takeNotice({ client }: Context): Notice | undefined {
  const { notice } = client
  delete client.notice
  return notice
}

const wantsJson = (ctx: Context) => ctx.accepts('html', 'json') === 'json'

const overview = ({ application, client, scopes, session, state }: Context): Overview => ({
  application: { ...application, sessions: state.sessions },
  session: {
    id: session.sessionid ?? null,
    isNew: scopes.session.isNew,
    visits: session.visits ?? 0,
    cart: session.cart ?? [],
    user: scopes.session.principal,
  },
  client: {
    visits: client.visits ?? 0,
    hitcount: client.hitcount,
    lastvisit: client.lastvisit ?? null,
  },
})
