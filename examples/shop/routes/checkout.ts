import { z } from 'zod'
import { type Line, linesOf, totalOf } from '../cart.js'
import { formOf } from '../form.js'
import { frameOf, goTo } from '../frame.js'
import { Orders } from '../orders.js'
import { checkoutPage } from '../pages/checkout.js'
import { orderPage } from '../pages/order.js'
import type { ShopRouter } from '../scopes.js'
import { loggedIn, userOf } from '../visitor.js'

/** The total that the visitor has seen. */
const agreement = z.object({ cents: z.coerce.number().int() })

export function checkoutRoutes(router: ShopRouter, orders: Orders): void {
  router.get('/checkout', loggedIn, (ctx) => {
    const lines = linesOf(ctx.session.cart)
    if (lines.length === 0) return goTo(ctx, '/cart')
    ctx.session.nextOrder ??= Orders.newNumber()
    ctx.body = checkoutPage(frameOf(ctx), lines)
  })

  router.post('/checkout', loggedIn, async (ctx) => {
    const { cents } = formOf(ctx, agreement, 'Please go back to the checkout.')
    const user = userOf(ctx)
    // After a double click the second request waits here. It then finds the cart empty, and shows the order of the first.
    const number = await ctx.scopes.session.lock(async () => {
      const { cart, lastOrder, nextOrder = Orders.newNumber() } = ctx.session
      const lines = linesOf(cart)
      if (lines.length === 0) return lastOrder
      if (totalOf(lines) !== cents) return undefined
      // If the node dies after this line, the next click comes with the same number, which is placed once.
      await orders.place(orderOf(nextOrder, user, lines))
      delete ctx.session.cart
      delete ctx.session.nextOrder
      ctx.session.lastOrder = nextOrder
      return nextOrder
    })
    if (number === undefined)
      goTo(ctx, '/checkout', { text: 'Your cart has changed meanwhile. Please look at it again.', focus: 'place' })
    else goTo(ctx, `/orders/${number}`, { text: 'Thank you. Your order is placed.', focus: 'title' })
  })

  router.get('/orders/:number', loggedIn, (ctx) => {
    const order = orders.find(ctx.params.number ?? '', userOf(ctx)) ?? ctx.throw(404)
    ctx.body = orderPage(frameOf(ctx), order)
  })
}

const orderOf = (number: string, user: string, lines: readonly Line[]) => ({
  number,
  user,
  placedAt: new Date().toISOString(),
  lines: lines.map(({ cents, product: { name }, quantity }) => ({ name, quantity, cents })),
  cents: totalOf(lines),
})
