import type { Directory } from 'koa-scopes'
import { z } from 'zod'
import { loggedOutElsewhere } from '../../html/logged-out.js'
import { formOf } from '../form.js'
import { frameOf, goTo } from '../frame.js'
import type { Orders } from '../orders.js'
import { accountPage } from '../pages/account.js'
import type { Scopes, ShopRouter } from '../scopes.js'
import { loggedIn, userOf } from '../visitor.js'

const device = z.object({ id: z.string() })

/** The orders of the user, and the devices on which the user is logged in. */
export function accountRoutes(router: ShopRouter, orders: Orders, sessions: Directory<Scopes['session']>): void {
  router.get('/account', loggedIn, async (ctx) => {
    const principal = userOf(ctx)
    const { id } = ctx.scopes.session
    const devices = await sessions.find({ principal, ...(id !== undefined && { current: id }) })
    ctx.body = accountPage(frameOf(ctx), { user: principal, orders: orders.of(principal), devices })
  })

  router.post('/account/end-device', loggedIn, async (ctx) => {
    const { id } = formOf(ctx, device, 'Please choose one of your devices.')
    // The id came with the request: it must be that of one of this user's sessions.
    const ended = await sessions.end(id, { principal: userOf(ctx) })
    const text = ended === 1 ? 'That device is logged out.' : 'That device was logged out already.'
    goTo(ctx, '/account', { text, focus: 'devices' })
  })

  router.post('/account/end-others', loggedIn, async (ctx) => {
    const { id = '' } = ctx.scopes.session
    const ended = await sessions.end({ principal: userOf(ctx) }, { except: id })
    goTo(ctx, '/account', { text: loggedOutElsewhere(ended), focus: 'end-others' })
  })

  router.post('/account/forget', loggedIn, async (ctx) => {
    await ctx.scopes.client.invalidate()
    goTo(ctx, '/account', { text: 'This browser has forgotten your name and what you viewed.', focus: 'forget' })
  })
}
