/*
 * An account page: remembered logins, the devices that are logged in, log out one or all others, "enter your password again"
 * for a page that needs it, and a change of password that ends every other session.
 */
import Router from '@koa/router'
import type Koa from 'koa'
import { koaBody } from 'koa-body'
import { csrf, defineApplication, type ScopedContext, type ScopedMembers } from 'koa-scopes'
import { styledDocument } from '../html/document.js'
import { errorPages } from '../html/error-pages.js'
import { loggedOutElsewhere } from '../html/logged-out.js'
import type { Notice } from '../html/notice.js'
import { Accounts } from './accounts.js'
import { accountPage, loginPage, passwordPage } from './page.js'

interface Scopes {
  session: { notice?: Notice }
}

type Context = ScopedContext<Scopes>

const fiveMinutes = 5 * 60_000

export default defineApplication<Scopes>({
  ...errorPages(styledDocument),

  /** Stored with the session at each login, for the list of devices. */
  describe: (ctx) => ({ device: ctx.get('User-Agent') || 'unknown device', address: ctx.ip }),

  setup(app) {
    const accounts = new Accounts()
    const router = new Router<Koa.DefaultState, ScopedMembers<Scopes>>()

    router.get('/', async (ctx) => {
      const { id, principal } = ctx.scopes.session
      if (principal === null) return show(ctx, loginPage(pageOf(ctx)))
      const devices = await app.sessions.find({ principal, current: id })
      show(ctx, accountPage({ ...pageOf(ctx), user: principal, devices }))
    })

    router.post('/login', async (ctx) => {
      const name = field(ctx, 'name')
      if (!accounts.accepts(name, field(ctx, 'password')))
        return back(ctx, { text: 'There is no such name with this password.', focus: 'name' })
      await ctx.scopes.session.login(name, { remember: field(ctx, 'remember') === 'on' })
      back(ctx, { text: 'You are logged in.', focus: 'title' })
    })

    router.use((ctx, next) => (ctx.scopes.session.principal === null ? ctx.throw(401) : next()))

    router.post('/logout', async (ctx) => {
      await ctx.scopes.session.invalidate()
      back(ctx, { text: 'You are logged out.', focus: 'name' })
    })

    router.post('/end-device', async (ctx) => {
      // The id came with the request: it must be one of this user's sessions.
      await app.sessions.end(field(ctx, 'id'), { principal: userOf(ctx) })
      back(ctx, { text: 'That device is logged out.', focus: 'title' })
    })

    router.post('/end-others', async (ctx) => {
      back(ctx, { text: loggedOutElsewhere(await endOthers(ctx)), focus: 'title' })
    })

    router.get('/password', async (ctx) => show(ctx, passwordPage({ ...pageOf(ctx), isRecent: isRecent(ctx) })))

    router.post('/confirm', async (ctx) => {
      const user = userOf(ctx)
      if (!accounts.accepts(user, field(ctx, 'password')))
        return back(ctx, { text: 'That is not your password.', focus: 'password' }, '/password')
      await ctx.scopes.session.login(user, { remember: isRemembered(ctx) }) // renews authenticatedAt, and the secret
      back(ctx, { text: 'Thank you. Now choose the new one.', focus: 'password' }, '/password')
    })

    router.post('/password', async (ctx) => {
      if (!isRecent(ctx)) ctx.throw(403)
      accounts.change(userOf(ctx), field(ctx, 'password'))
      await ctx.scopes.session.rotate()
      await endOthers(ctx)
      back(ctx, { text: 'Your password is changed, and every other device is logged out.', focus: 'change' })
    })

    const endOthers = (ctx: Context) => {
      const { id = '' } = ctx.scopes.session
      return app.sessions.end({ principal: userOf(ctx) }, { except: id })
    }

    app.use(koaBody({ json: false, text: false, formLimit: '16kb' }))
    app.use(csrf())
    app.use(router.routes())
  },
})

/** The password was entered less than five minutes ago. */
function isRecent(ctx: Context): boolean {
  const { authenticatedAt } = ctx.scopes.session
  return authenticatedAt !== null && Date.now() - authenticatedAt.getTime() < fiveMinutes
}

/** Remembered sessions live longer than half an hour. */
const isRemembered = ({ scopes }: Context) => (scopes.session.timeout ?? Number.POSITIVE_INFINITY) > 30 * 60_000

const userOf = (ctx: Context): string => ctx.scopes.session.principal ?? ctx.throw(401)

/** A field of the form; empty if it is missing. */
function field(ctx: Context, name: string): string {
  const form: unknown = ctx.request.body
  return typeof form === 'object' && form !== null ? String((form as Record<string, unknown>)[name] ?? '') : ''
}

/** A page shows a notice once. */
function pageOf(ctx: Context) {
  const { notice } = ctx.session
  delete ctx.session.notice
  return { notice, token: ctx.scopes.session.csrfToken() }
}

function show(ctx: Context, page: string): void {
  ctx.set('Cache-Control', 'no-store')
  ctx.type = 'html'
  ctx.body = page
}

/** Back to a page, which shows the notice, so that a reload does not repeat the change. */
function back(ctx: Context, notice: Notice, path = '/'): void {
  ctx.session.notice = notice
  ctx.status = 303
  ctx.redirect(`.${path}`)
}
