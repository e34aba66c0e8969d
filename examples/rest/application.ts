/*
 * A service for clients that keep no cookies: a mobile app, a script. A login answers a token in the header X-Auth-Token and in
 * the body; the client sends it back in that header. Browsers use the same session scope with a cookie.
 */
import Router from '@koa/router'
import type Koa from 'koa'
import { koaBody } from 'koa-body'
import { defineApplication, type ScopedMembers } from 'koa-scopes'
import { z } from 'zod'

interface Scopes {
  session: { notes?: string[] }
}

/** A service looks into its database here, and compares digests. */
const passwords = new Map([['anna', 'secret']])

const credentials = z.object({ name: z.string(), password: z.string() })
const note = z.object({ text: z.string() })

export default defineApplication<Scopes>({
  setup(app) {
    const router = new Router<Koa.DefaultState, ScopedMembers<Scopes>>()
    router.post('/login', async (ctx) => {
      const given = credentials.safeParse(ctx.request.body)
      if (!given.success || passwords.get(given.data.name) !== given.data.password) return ctx.throw(401)
      await ctx.scopes.session.login(given.data.name)
      ctx.body = { token: ctx.scopes.session.issued }
    })
    router.use((ctx, next) => (ctx.scopes.session.principal === null ? ctx.throw(401) : next()))
    router.get('/notes', (ctx) => {
      ctx.body = ctx.session.notes ?? []
    })
    router.post('/notes', (ctx) => {
      const given = note.safeParse(ctx.request.body)
      if (!given.success) return ctx.throw(400)
      ctx.session.notes ??= []
      ctx.session.notes.push(given.data.text)
      ctx.status = 204
    })
    router.post('/logout', async (ctx) => {
      await ctx.scopes.session.invalidate()
      ctx.status = 204
    })
    app.use(koaBody())
    app.use(router.routes())
  },
})
