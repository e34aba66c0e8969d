import Router from '@koa/router'
import type Koa from 'koa'
import { defineApplication, type ScopedMembers } from 'koa-scopes'

/** Each product is an attribute of its own, because attributes are saved one by one. */
interface Scopes {
  session: { [product: `item:${string}`]: number }
}

type Cart = Scopes['session']

const itemsIn = (cart: Cart) => (Object.keys(cart) as (keyof Cart)[]).filter((name) => name.startsWith('item:'))

/** A cart that loses nothing when its visitor has several tabs open. `order` gets what a tab has paid for. */
export const cart = (products: ReadonlySet<string>, order: (cart: Cart) => Promise<void>) =>
  defineApplication<Scopes>({
    setup(app) {
      const router = new Router<Koa.DefaultState, ScopedMembers<Scopes>>()

      router.get('/cart', (ctx) => {
        ctx.body = { ...ctx.session }
      })

      router.param('product', (product, ctx, next) => (products.has(product) ? next() : ctx.throw(404)))

      router.post('/cart/:product', async (ctx) => {
        await ctx.scopes.session.increment(`item:${ctx.params.product}`)
        ctx.status = 204
      })

      router.delete('/cart/:product', (ctx) => {
        delete ctx.session[`item:${ctx.params.product}`]
        ctx.status = 204
      })

      router.post('/order', async (ctx) => {
        await ctx.scopes.session.lock(async () => {
          const items = itemsIn(ctx.session)
          if (items.length === 0) ctx.throw(409, 'The cart is empty: it was ordered in another tab')
          await order({ ...ctx.session })
          for (const name of items) delete ctx.session[name]
        })
        ctx.status = 204
      })

      app.use(router.routes())
    },
  })
