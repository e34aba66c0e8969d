import { z } from 'zod'
import { linesOf } from '../cart.js'
import { formOf } from '../form.js'
import { frameOf, goTo } from '../frame.js'
import { loginPage } from '../pages/login.js'
import type { Context, ShopRouter } from '../scopes.js'
import type { Users } from '../users.js'

const credentials = z.object({ name: z.string().trim().min(1).max(100), password: z.string().min(1).max(1_000) })

export function loginRoutes(router: ShopRouter, users: Users): void {
  router.get('/login', (ctx) => {
    ctx.body = loginPage(frameOf(ctx), ctx.client.name)
  })

  router.post('/login', async (ctx) => {
    const { name, password } = formOf(ctx, credentials, 'Please write your name and your password.')
    const { attempts } = ctx.application
    const waitSeconds = attempts.begin(ctx.ip)
    if (waitSeconds > 0) {
      ctx.set('Retry-After', String(waitSeconds))
      return refuse(ctx, 429, name, `Too many attempts. Please try again in ${Math.ceil(waitSeconds / 60)} minutes.`)
    }
    if (!(await users.accepts(name, password)))
      return refuse(ctx, 403, name, 'There is no such name with this password.')
    attempts.succeeded(ctx.ip)
    await ctx.scopes.session.login(name) // a new cookie; the cart stays
    ctx.client.name = name
    const hasCart = linesOf(ctx.session.cart).length > 0
    goTo(ctx, hasCart ? '/cart' : '/account', { text: `You are logged in as ${name}.`, focus: 'title' })
  })

  router.post('/logout', async (ctx) => {
    await ctx.scopes.session.invalidate()
    goTo(ctx, '/login', { text: 'You are logged out.', focus: 'name' })
  })
}

/** Shows the form again, with the name in it. */
function refuse(ctx: Context, status: number, name: string, text: string): void {
  ctx.status = status
  ctx.body = loginPage({ ...frameOf(ctx), notice: { text, focus: 'password' } }, name)
}
