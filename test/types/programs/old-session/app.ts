import Koa from 'koa'
import type {} from 'koa-scopes/augment'

declare module 'koa-scopes/augment' {
  interface Scopes {
    session: { cart?: string[] }
    client: { visits?: number }
  }
}

new Koa().use((ctx) => {
  // @ts-expect-error the other types say that every attribute is there, so that none could be checked
  ctx.session.cart
  ctx.client.visits = 1
})
