import { productOf } from '../catalogue.js'
import { frameOf } from '../frame.js'
import { cataloguePage } from '../pages/catalogue.js'
import { productPage } from '../pages/product.js'
import type { ShopRouter } from '../scopes.js'

const mostRecent = 4

/** The catalogue, and a page for each product. */
export function productRoutes(router: ShopRouter): void {
  router.get('/', (ctx) => {
    const { name, recent = [] } = ctx.client
    ctx.body = cataloguePage(frameOf(ctx), { name, recent: recent.flatMap((id) => productOf(id) ?? []) })
  })

  router.get('/products/:id', (ctx) => {
    const product = productOf(ctx.params.id ?? '') ?? ctx.throw(404)
    const others = (ctx.client.recent ?? []).filter((id) => id !== product.id)
    ctx.client.recent = [product.id, ...others].slice(0, mostRecent)
    ctx.body = productPage(frameOf(ctx), product)
  })
}
