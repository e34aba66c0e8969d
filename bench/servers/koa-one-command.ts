import { Redis } from 'ioredis'
import Koa from 'koa'
import { serve, storage } from './serve.js'

const redis = new Redis(storage)
await redis.set('greeting', 'hello')

const app = new Koa().use(async (ctx) => {
  ctx.body = await redis.get('greeting')
})
await serve(app.callback())
