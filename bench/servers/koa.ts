import Koa from 'koa'
import { serve } from './serve.js'

const app = new Koa().use((ctx) => {
  ctx.body = 'hello'
})
await serve(app.callback())
