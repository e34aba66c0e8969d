import { Redis } from 'ioredis'
import Koa from 'koa'
import { createContainer, defineApplication } from 'koa-scopes'
import { fromKoaSession, takeFromRedis } from 'koa-scopes/adopt'

const redis = new Redis(process.env.REDIS_URL)
const shop = defineApplication({
  adopt: fromKoaSession({
    keys: [process.env.SESSION_KEY],
    take: takeFromRedis(redis, { prefix: 'shop:' }),
    map: ({ user, cart }) => ({ principal: user, attributes: { cart } }),
  }),
})
const container = await createContainer('app.config.yaml', { applications: { shop } })

const app = new Koa()
app.use(container.scopes(shop))

app.use(async (ctx) => {
  const { session } = ctx.scopes
  if (ctx.path === '/login') await session.login(String(ctx.query.name)) // where the password was right
  if (ctx.path === '/add') ctx.session.cart = [...(ctx.session.cart ?? []), ctx.query.item]
  if (ctx.path === '/logout') await session.invalidate()
  ctx.body = { user: session.principal, cart: ctx.session.cart ?? [] }
})

app.listen(process.env.PORT)
