import { Redis } from 'ioredis'
import Koa from 'koa'
import { serve, storage } from './serve.js'

const redis = new Redis(storage)
await redis.set('greeting', 'hello')

const app = new Koa().use(async (ctx) => {
  const greeting = await redis.get('greeting')
  await redis.set('greeting', 'hello')
  ctx.body = greeting
})
await serve(app.callback())
