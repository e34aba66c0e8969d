import { getIronSession } from 'iron-session'
import Koa from 'koa'
import { pageOf, type Visit } from './pages.js'
import { serve } from './serve.js'

const options = { password: 'a secret of at least thirty-two characters', cookieName: 'session' }

/** Pages ask for the session where they use it, and save it where they change it, as the readme of iron-session shows. */
const app = new Koa().use(async (ctx) => {
  if (ctx.path === '/none') {
    ctx.body = pageOf(ctx.path, {} as Visit)
    return
  }
  const session = await getIronSession<Visit['session']>(ctx.req, ctx.res, options)
  ctx.body = pageOf(ctx.path, { session })
  if (ctx.path !== '/read') await session.save()
})
await serve(app.callback())
