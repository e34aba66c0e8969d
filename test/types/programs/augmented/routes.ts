import Router from '@koa/router'
import { exactly } from '../../exactly.js'
import { list } from './controller.js'

/** Without type arguments. */
const router = new Router({ prefix: '/cart' })
router.get('/', list)
router.get('/:item', async (ctx) => {
  exactly<string[] | undefined>()(ctx.session.cart)
  exactly<string | undefined>()(ctx.params.item)
  // @ts-expect-error a misspelt attribute
  ctx.session.card
})

export const routes = router.routes()
