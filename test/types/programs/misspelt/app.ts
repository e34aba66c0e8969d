import Koa from 'koa'
import type {} from 'koa-scopes/augment'

declare module 'koa-scopes/augment' {
  interface Scopes {
    session: { cart?: string[] }
    cleint: { visits?: number }
  }
}

// A scope that does not exist spoils all members, so that it cannot stay unseen.
new Koa().use((ctx) => {
  // @ts-expect-error there is no scope `cleint`
  ctx.session.cart
  // @ts-expect-error there is no scope `cleint`
  ctx.scopes.session
})
