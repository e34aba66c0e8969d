import type { Context, Middleware, Next } from 'koa'
import { exactly } from '../../exactly.js'

export async function add(ctx: Context, next: Next): Promise<void> {
  ctx.session.cart ??= []
  ctx.session.cart.push(String(ctx.query.add))
  // @ts-expect-error a misspelt attribute
  ctx.session.card.push('tea')
  // @ts-expect-error the elements have another type
  ctx.session.cart.push(1)
  await next()
}

export const list: Middleware = async (ctx) => {
  const { cart, views } = ctx.session
  exactly<string[] | undefined>()(cart)
  exactly<number | undefined>()(views)
  // @ts-expect-error a misspelt attribute
  const { card: _ } = ctx.session
  await ctx.scopes.session.rotate({ keep: ['cart'] })
  // @ts-expect-error a misspelt attribute
  await ctx.scopes.session.rotate({ keep: ['card'] })
}
