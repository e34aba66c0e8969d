import Router from '@koa/router'
import Koa, { type Context } from 'koa'
import type { Container } from 'koa-scopes'
import { exactly } from '../../exactly.js'
import { shop } from './shop.js'

export function app(container: Container): Koa {
  const koa = new Koa()
  koa.use(container.scopes(shop))
  koa.use(async (ctx, next) => {
    exactly<string[] | undefined>()(ctx.session.cart)
    exactly<string>()(ctx.path)
    // @ts-expect-error a misspelt scope
    ctx.sesion.cart
    // @ts-expect-error a misspelt member of Koa
    ctx.respnse.status = 200
    // @ts-expect-error nothing declares it, so it cannot be set
    ctx.sesion = {}
    // @ts-expect-error a misspelt attribute
    ctx.session.card
    ctx.user = { name: 'ada' }
    ctx.body = ctx.user.name
    await next()
  })
  const router = new Router()
  router.get('/:item', (ctx) => {
    exactly<string[] | undefined>()(ctx.session.cart)
    exactly<string | undefined>()(ctx.params.item)
    // @ts-expect-error a misspelt scope
    ctx.sesion.cart
  })
  koa.use(router.routes()).use(router.allowedMethods())
  return koa
}

export function controller(ctx: Context): void {
  ctx.body = ctx.session.cart
  ctx.state.anything = 1
  // @ts-expect-error a misspelt scope
  ctx.sesion.cart
}
