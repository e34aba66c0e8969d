import { z } from 'zod'
import { linesOf, most, quantityIn, withOneMore, withQuantity } from '../cart.js'
import { type Product, productOf } from '../catalogue.js'
import { formOf } from '../form.js'
import { frameOf, goTo } from '../frame.js'
import { cartPage, focusAfterRemoval } from '../pages/cart.js'
import type { Context, ShopRouter } from '../scopes.js'

const addition = z.object({ product: z.string(), from: z.enum(['catalogue', 'product']) })
const change = z.object({ product: z.string(), quantity: z.coerce.number().int().min(0).max(most) })

export function cartRoutes(router: ShopRouter): void {
  router.get('/cart', (ctx) => {
    ctx.body = cartPage(frameOf(ctx), linesOf(ctx.session.cart))
  })

  router.post('/cart/add', async (ctx) => {
    const { from, product: id } = formOf(ctx, addition, 'Please choose a product of the catalogue.')
    const { name } = knownProduct(ctx, id)
    // Two tabs may add at the same time: with the lock the second one adds to what the first one has saved, on any node.
    const quantity = await ctx.scopes.session.lock(() => {
      ctx.session.cart = withOneMore(ctx.session.cart, id)
      return quantityIn(ctx.session.cart, id)
    })
    goTo(ctx, from === 'product' ? `/products/${id}` : '/', { text: added(name, quantity), focus: `add-${id}` })
  })

  router.post('/cart/change', async (ctx) => {
    const { product: id, quantity } = formOf(ctx, change, `Please choose a quantity from 0 to ${most}.`)
    const { name } = knownProduct(ctx, id)
    const lines = linesOf(ctx.session.cart)
    await ctx.scopes.session.lock(() => {
      ctx.session.cart = withQuantity(ctx.session.cart, id, quantity)
    })
    goTo(
      ctx,
      '/cart',
      quantity === 0
        ? { text: `${name} is removed.`, focus: focusAfterRemoval(lines, id) }
        : { text: `${name}: the quantity is ${quantity}.`, focus: `quantity-${id}` },
    )
  })
}

function added(name: string, quantity: number): string {
  if (quantity === most) return `Your cart has ${most} of ${name}, which is the most.`
  return quantity === 1 ? `${name} is in your cart.` : `${name} is in your cart ${quantity} times.`
}

const knownProduct = (ctx: Context, id: string): Product =>
  productOf(id) ?? ctx.throw(400, 'The catalogue has no such product.')
