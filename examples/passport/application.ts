import Router from '@koa/router'
import { koaBody } from 'koa-body'
import koaPassport from 'koa-passport'
import { defineApplication } from 'koa-scopes'
import { Strategy } from 'passport-local'

interface User {
  readonly id: string
}

/** A site looks into its database here. */
const users = new Map<string, User>([['anna', { id: 'anna' }]])

const passport = new koaPassport.KoaPassport()
passport.use(new Strategy((name, password, done) => done(null, (password === 'secret' && users.get(name)) || false)))
passport.serializeUser<string>((user, done) => done(null, (user as User).id)) // a text is the session's principal
passport.deserializeUser<string>((id, done) => done(null, users.get(id) ?? false))

export default defineApplication<{ session: { cart?: string[] } }>({
  setup(app) {
    const router = new Router()
    router.post('/login', koaBody(), passport.authenticate('local', { keepSessionInfo: true }), (ctx) => {
      ctx.body = { user: ctx.state.user.id }
    })
    router.post('/logout', async (ctx) => {
      await ctx.logout()
      ctx.body = {}
    })
    router.get('/', (ctx) => {
      ctx.body = { user: ctx.state.user?.id ?? null }
    })
    app.use(passport.initialize())
    app.use(passport.session())
    app.use(router.routes())
  },
})
