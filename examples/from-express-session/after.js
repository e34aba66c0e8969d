import Router from '@koa/router'
import { createContainer, defineApplication } from 'koa-scopes'
import { fromExpressSession, takeFromRedis } from 'koa-scopes/adopt'
import { createClient } from 'redis'

const client = await createClient({ url: process.env.REDIS_URL }).connect()

const shop = defineApplication({
  adopt: fromExpressSession({
    secret: process.env.SESSION_SECRET,
    take: takeFromRedis(client, { prefix: 'sess:' }),
    map: ({ user, cart }) => ({ principal: user, attributes: { cart } }),
  }),
  setup(app) {
    const router = new Router()
    router.get('/login', async (ctx) => {
      await ctx.scopes.session.login(String(ctx.query.name)) // where the password was right
      ctx.body = { user: ctx.scopes.session.principal }
    })
    router.get('/add', (ctx) => {
      ctx.session.cart = [...(ctx.session.cart ?? []), ctx.query.item]
      ctx.body = { cart: ctx.session.cart }
    })
    router.get('/logout', async (ctx) => {
      await ctx.scopes.session.invalidate()
      ctx.body = { user: null }
    })
    router.get('/', (ctx) => {
      ctx.body = { user: ctx.scopes.session.principal, cart: ctx.session.cart ?? [] }
    })
    app.use(router.routes())
  },
})

const container = await createContainer('app.config.yaml', { applications: { shop } })
await container.listen({ signals: true })
