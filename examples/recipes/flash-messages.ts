import Router from '@koa/router'
import type Koa from 'koa'
import { defineApplication, type ScopedContext, type ScopedMembers } from 'koa-scopes'

interface Scopes {
  session: { flash?: string[] }
}

type Context = ScopedContext<Scopes>

/** Keeps a message for the next page that this visitor sees. */
function flash(ctx: Context, message: string): void {
  ctx.session.flash = [...(ctx.session.flash ?? []), message]
}

/** The messages for this page. None of them comes again. */
function takeFlash(ctx: Context): readonly string[] {
  const { flash = [] } = ctx.session
  delete ctx.session.flash
  return flash
}

/** A form that answers with a redirect, and a page that shows once what the form has to say. */
export const flashMessages = defineApplication<Scopes>({
  setup(app) {
    const router = new Router<Koa.DefaultState, ScopedMembers<Scopes>>()

    router.get('/', (ctx) => {
      ctx.body = { messages: takeFlash(ctx) }
    })

    router.post('/address', (ctx) => {
      flash(ctx, 'Your address is saved.')
      ctx.status = 303
      ctx.redirect('/')
    })

    router.post('/logout', async (ctx) => {
      await ctx.scopes.session.invalidate()
      flash(ctx, 'You are logged out.') // in a new session, which ends when it has been shown
      ctx.status = 303
      ctx.redirect('/')
    })

    app.use(router.routes())
  },
})
