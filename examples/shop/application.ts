import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import Router from '@koa/router'
import type Koa from 'koa'
import { koaBody } from 'koa-body'
import { csrf, defineApplication, type ScopedMembers } from 'koa-scopes'
import { errorPages } from '../html/error-pages.js'
import { Attempts } from './attempts.js'
import { linesOf, piecesOf, totalOf } from './cart.js'
import { headers } from './headers.js'
import { Orders } from './orders.js'
import { bareDocument } from './pages/document.js'
import { accountRoutes } from './routes/account.js'
import { cartRoutes } from './routes/cart.js'
import { checkoutRoutes } from './routes/checkout.js'
import { loginRoutes } from './routes/login.js'
import { productRoutes } from './routes/products.js'
import type { Scopes } from './scopes.js'
import { demoUsers, Users } from './users.js'

const folder = import.meta.dirname
const ordersFile = resolve(folder, process.env.SHOP_DATA ?? 'data', 'orders.jsonl')
const pages = errorPages(bareDocument)

export const shop = (file: string) =>
  defineApplication<Scopes>({
    ...pages,

    onApplicationStart({ application }) {
      application.attempts = new Attempts()
    },

    onRequestStart(ctx) {
      ctx.set(headers)
    },

    onError(error, where) {
      where.ctx?.set(headers) // the sessions may have failed before onRequestStart
      pages.onError(error, where)
    },

    onSessionEnd({ log, principal, reason, session }) {
      const lines = linesOf(session.cart)
      if (lines.length === 0) return
      log.info({ reason, principal, pieces: piecesOf(lines), cents: totalOf(lines) }, 'a cart was abandoned')
    },

    /** Stored with the session at each login, for the list of devices. */
    describe: (ctx) => ({ device: ctx.get('User-Agent') || 'unknown device', address: ctx.ip }),

    async setup(app) {
      const router = new Router<Koa.DefaultState, ScopedMembers<Scopes>>()
      const orders = await Orders.in(file)
      const style = await readFile(resolve(folder, 'public/style.css'))

      router.get('/style.css', (ctx) => {
        ctx.type = 'css'
        ctx.set('Cache-Control', 'max-age=300')
        ctx.body = style
      })
      productRoutes(router)
      cartRoutes(router)
      loginRoutes(router, await Users.of(demoUsers))
      checkoutRoutes(router, orders)
      accountRoutes(router, orders, app.sessions)

      app.use(koaBody({ json: false, text: false, formLimit: '16kb' }))
      app.use(csrf()) // the forms carry a token for browsers that do not say where a request comes from
      app.use(router.routes())
    },
  })

export default shop(ordersFile)
