import { createContainer, defineApplication } from 'koa-scopes'
import type { Content } from '../content.js'
import { configOf } from './koa-scopes-config.js'
import { pageOf } from './pages.js'
import { serve } from './serve.js'

const bench = defineApplication<{ session: Content }>({
  setup(app) {
    app.use((ctx) => {
      ctx.body = pageOf(ctx.path, ctx)
    })
  },
})
const container = await createContainer(configOf(), { applications: { bench } })
await serve(container.callback())
