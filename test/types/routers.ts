import Router from '@koa/router'
import type { DefaultState, Middleware } from 'koa'
import { koaBody } from 'koa-body'
import { type Container, defineApplication, type ScopedMembers } from 'koa-scopes'
import { exactly } from './exactly.js'
import { type Scopes, shop } from './shop.js'

defineApplication<Scopes>({
  setup(app) {
    const router = new Router<DefaultState, ScopedMembers<Scopes>>()
    router.get('/items/:id', (ctx) => {
      exactly<string[] | undefined>()(ctx.session.cart)
      exactly<string | undefined>()(ctx.params.id)
      // @ts-expect-error misspelt
      void ctx.sesion
    })
    router.post('/items', koaBody(), async (ctx) => {
      const { items } = ctx.request.body as { items: string[] }
      ctx.session.cart = items
      await ctx.scopes.session.commit()
      ctx.redirect('/items')
    })
    app.use(anyMiddleware)
    app.use(koaBody())
    app.use(router.routes())
    app.use(router.allowedMethods())
  },
})

/** As other packages write theirs: it knows of no scopes. */
const anyMiddleware: Middleware = (_ctx, next) => next()

export function scopesOfOneRouter(container: Container): Router {
  const router = new Router()
  router.get('/', container.scopes(shop), (ctx) => {
    exactly<string[] | undefined>()(ctx.session.cart)
  })
  return router
}
