import Router from '@koa/router'
import type Koa from 'koa'
import { koaBody } from 'koa-body'
import { defineApplication, type ScopedMembers } from 'koa-scopes'
import { z } from 'zod'

const themeForm = z.object({ theme: z.enum(['light', 'dark']) })
/** A cookie has little room, so only the last few are kept. */
const mostRecent = 5

interface Scopes {
  client: {
    theme?: string
    /** The articles that the visitor has read last, the latest first. */
    recent?: string[]
  }
}

export default defineApplication<Scopes>({
  setup(app) {
    const router = new Router<Koa.DefaultState, ScopedMembers<Scopes>>()
    router.get('/', (ctx) => {
      const { theme = 'light', recent = [] } = ctx.client
      ctx.body = { theme, recent }
    })
    router.post('/theme', koaBody(), (ctx) => {
      const form = themeForm.safeParse(ctx.request.body)
      ctx.client.theme = form.data?.theme ?? ctx.throw(400)
      ctx.redirect('/')
    })
    router.get('/articles/:name', (ctx) => {
      const { name = '' } = ctx.params
      const others = (ctx.client.recent ?? []).filter((one) => one !== name)
      ctx.client.recent = [name, ...others].slice(0, mostRecent)
      ctx.body = { article: name }
    })
    router.post('/forget', async (ctx) => {
      await ctx.scopes.client.invalidate()
      ctx.redirect('/')
    })
    app.use(router.routes())
  },
})
