import Koa from 'koa'
import 'koa-scopes/augment'

// Without a declaration no record scope has a member.
new Koa().use((ctx) => {
  // @ts-expect-error not declared
  ctx.session.cart
  // @ts-expect-error not declared
  ctx.client.visits
  // @ts-expect-error not declared
  ctx.scopes.session
  // @ts-expect-error its type is not known
  ctx.application.startedAt.getTime()
})
