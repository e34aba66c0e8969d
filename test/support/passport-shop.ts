import type { Middleware } from 'koa'
import koaPassport from 'koa-passport'
import Passport from 'passport'
import { Strategy as LocalStrategy } from 'passport-local'
import { defineApplication } from '../../src/koa/define-application.js'
import type { EventHandlers } from '../../src/koa/handlers.js'
import { type PassportSessionOptions, passportSession } from '../../src/passport.js'
import type { OpenScopes, PageContext } from './shop.js'

interface User {
  readonly name: string
  readonly number: number
}

const ada: User = { name: 'ada', number: 1 }
const users: readonly User[] = [ada, { name: 'bob', number: 2 }]

/** Logs in the user whom the header `x-token` names. */
class TokenStrategy extends Passport.Strategy {
  override readonly name: string = 'token'

  override authenticate(
    this: Passport.StrategyCreated<this>,
    { headers }: Parameters<Passport.Strategy['authenticate']>[0],
  ) {
    const user = users.find(({ name }) => name === headers['x-token'])
    if (user) this.success(user)
    else this.fail()
  }
}

interface PassportShopOptions {
  /** The application uses `passportSession()` too. */
  readonly session?: PassportSessionOptions
  readonly handlers?: EventHandlers<OpenScopes>
  readonly beforeSerializing?: () => Promise<void>
  /** Runs before a logout. */
  readonly beforeLogout?: () => Promise<void>
  /** Runs when the response has left. */
  readonly afterResponse?: (ctx: PageContext & Passported) => unknown
}

interface Passported {
  login(user: User): Promise<void>
  logout(options?: object): Promise<void>
}

/** An application that logs in with Passport: two strategies, and users by their names or by their numbers. */
export function passportShop(
  by: keyof User | ((user: User) => string | number),
  {
    session,
    handlers = {},
    beforeSerializing = async () => {},
    beforeLogout = async () => {},
    afterResponse,
  }: PassportShopOptions = {},
) {
  const passport = new koaPassport.KoaPassport()
  passport.use(
    new LocalStrategy({ usernameField: 'name', passwordField: 'password' }, (name, password, done) =>
      done(null, (password === 'right' && users.find((user) => user.name === name)) || false),
    ),
  )
  passport.use(new TokenStrategy())
  const idOf = typeof by === 'function' ? by : (user: User) => user[by]
  passport.serializeUser((user, done) => void beforeSerializing().then(() => done(null, idOf(user as User))))
  passport.deserializeUser((id, done) => done(null, users.find((user) => idOf(user) === id) ?? false))

  const authenticate: Record<string, Middleware> = {
    '/login': passport.authenticate('local'),
    '/login-keeping': passport.authenticate('local', { keepSessionInfo: true }),
    '/either': passport.authenticate(['local', 'token']),
  }
  const pages: Record<string, (ctx: PageContext & Passported) => unknown> = {
    '/write': (ctx) => void Object.assign(ctx.session, ctx.query),
    '/login-unawaited': (ctx) => void ctx.login(ada),
    '/logout-unawaited': (ctx) => void ctx.logout(),
    '/logout': async (ctx) => {
      await beforeLogout()
      await ctx.logout()
    },
    '/logout-keeping': (ctx) => ctx.logout({ keepSessionInfo: true }),
  }
  return defineApplication<OpenScopes>({
    ...handlers,
    setup(app) {
      if (session) app.use(passportSession(session))
      app.use(passport.initialize())
      app.use(passport.session())
      app.use((ctx, next) => {
        // Passport looks for the name and the password in the body, which another package would have parsed.
        Object.assign(ctx.request, { body: ctx.query })
        return authenticate[ctx.path]?.(ctx as never, next) ?? next()
      })
      app.use(async (ctx) => {
        if (afterResponse) ctx.res.once('finish', () => afterResponse(ctx as unknown as PageContext & Passported))
        await pages[ctx.path]?.(ctx as unknown as PageContext & Passported)
        const { principal } = ctx.scopes.session
        ctx.body = { user: ctx.state.user?.name ?? null, principal, session: { ...ctx.session } }
      })
    },
  })
}
