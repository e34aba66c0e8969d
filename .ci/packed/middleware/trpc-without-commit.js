import { initTRPC } from '@trpc/server'
import { testContainer } from 'koa-scopes/testing'
import { createKoaMiddleware } from 'trpc-koa-adapter'

const trpc = initTRPC.context().create()

const router = trpc.router({
  visit: trpc.procedure.query(({ ctx }) => {
    ctx.session.visits = 1
    return 1
  }),
})

const node = await testContainer(
  { applications: { shop: { session: {} } } },
  {
    applications: {
      shop: {
        setup(app) {
          app.use((ctx, next) => createKoaMiddleware({ router, prefix: '/trpc', createContext: () => ctx })(ctx, next))
        },
      },
    },
  },
)
await node.visitor().get('/trpc/visit')
