import { Redis } from 'ioredis'
import Koa from 'koa'
import { createSession } from 'koa-session'
import { pageOf, type Visit } from './pages.js'
import { serve, storage } from './serve.js'

const redis = new Redis(storage)

/** A store as described in koa-session's readme: JSON under the session's id, with its age as time to live. */
const store = {
  async get(id: string) {
    const text = await redis.get(id)
    return text === null ? undefined : JSON.parse(text)
  },
  async set(id: string, session: unknown, maxAge?: number | 'session') {
    await redis.set(id, JSON.stringify(session), 'PX', typeof maxAge === 'number' ? maxAge : 86_400_000)
  },
  async destroy(id: string) {
    await redis.del(id)
  },
}

const app = new Koa()
app.keys = ['bench']
app.use(createSession({ store }, app))
app.use((ctx) => {
  ctx.body = pageOf(ctx.path, ctx as unknown as Visit)
})
await serve(app.callback())
