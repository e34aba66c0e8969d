import type { Content } from '../content.js'
import { configOf } from './koa-scopes-config.js'
import { pageOf } from './pages.js'
import { serve } from './serve.js'

const entry = process.argv[5] ?? 'koa-scopes'
const { createContainer, defineApplication }: typeof import('koa-scopes') = await import(entry)

const bench = defineApplication<{ session: Content }>({
  setup(app) {
    app.use((ctx) => {
      ctx.body = pageOf(ctx.path, ctx)
    })
  },
})
const container = await createContainer(configOf(), { applications: { bench } })
await serve(container.callback())
