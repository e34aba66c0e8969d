import Koa from 'koa'
import type { Container } from 'koa-scopes'
import { exactly } from '../../exactly.js'
import { add } from './controller.js'
import { routes } from './routes.js'
import { shop } from './shop.js'

/** Separate calls: each sees the context of every Koa. */
export function app(container: Container): Koa {
  const koa = new Koa()
  koa.use(container.scopes(shop))
  koa.use(async (ctx, next) => {
    exactly<Date>()(ctx.application.startedAt)
    exactly<string[] | undefined>()(ctx.session.cart)
    exactly<string | undefined>()(ctx.session.sessionid)
    exactly<string | undefined>()(ctx.scopes.session.id)
    ctx.scopes.session.timeout = '2h'
    await ctx.scopes.session.increment('views')
    // @ts-expect-error a misspelt attribute
    ctx.session.card
    // @ts-expect-error an attribute of another type
    ctx.session.cart = 'tea'
    // @ts-expect-error a scope itself cannot be assigned, which is koa-session's way to end a session
    ctx.session = null
    // @ts-expect-error a misspelt member
    ctx.scopes.session.prinicpal
    // @ts-expect-error a misspelt scope
    ctx.scopes.sesion.id
    // @ts-expect-error a scope that is not declared
    ctx.client.visits
    // @ts-expect-error a scope that is not declared
    ctx.scopes.client
    // @ts-expect-error not a name of an attribute that holds a number
    await ctx.scopes.session.increment('view')
    // Nothing declares it, and @types/koa says that `ctx` has every member: see koa-scopes/strict.
    ctx.sesion.card
    await next()
  })
  koa.use(add)
  koa.use(routes)
  return koa
}
