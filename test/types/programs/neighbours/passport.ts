import Koa from 'koa'
import koaPassport from 'koa-passport'
import type {} from 'koa-scopes/augment'
import { passportSession } from 'koa-scopes/passport'
import { exactly } from '../../exactly.js'

declare module 'koa-scopes/augment' {
  interface Scopes {
    session: { cart?: string[] }
  }
}

const passport = new koaPassport.KoaPassport()
new Koa()
  .use(passportSession())
  .use(passport.initialize())
  .use(passport.session())
  .use((ctx) => {
    exactly<string[] | undefined>()(ctx.session.cart)
    exactly<boolean>()(ctx.isAuthenticated())
    // @ts-expect-error a misspelt attribute
    ctx.session.card
  })
