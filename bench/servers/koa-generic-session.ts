import Koa from 'koa'
import session, { type SessionStore } from 'koa-generic-session'
import redisStore from 'koa-redis'
import { pageOf, type Visit } from './pages.js'
import { serve, storage } from './serve.js'

/** The types of koa-redis know neither its options nor its methods. */
const store = (redisStore as (options: object) => unknown)({ url: storage }) as SessionStore

const app = new Koa()
app.keys = ['bench']
app.use(session({ store }))
app.use((ctx) => {
  ctx.body = pageOf(ctx.path, ctx as unknown as Visit)
})
await serve(app.callback())
