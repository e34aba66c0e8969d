import { Redis } from 'ioredis'
import Koa from 'koa'
import { createSession } from 'koa-session'

const redis = new Redis(process.env.REDIS_URL)
const store = {
  get: async (key) => JSON.parse(await redis.get(`shop:${key}`)),
  set: (key, session, maxAge) => redis.set(`shop:${key}`, JSON.stringify(session), 'PX', maxAge),
  destroy: (key) => redis.del(`shop:${key}`),
}

const app = new Koa()
app.keys = [process.env.SESSION_KEY]
app.use(createSession({ store, maxAge: 86_400_000, rolling: true }, app))

app.use(async (ctx) => {
  if (ctx.path === '/login') ctx.session.user = String(ctx.query.name) // where the password was right
  if (ctx.path === '/add') ctx.session.cart = [...(ctx.session.cart ?? []), ctx.query.item]
  if (ctx.path === '/logout') ctx.session = null
  ctx.body = { user: ctx.session?.user ?? null, cart: ctx.session?.cart ?? [] }
})

app.listen(process.env.PORT)
