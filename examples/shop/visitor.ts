import type Koa from 'koa'
import { goTo } from './frame.js'
import type { Context } from './scopes.js'

/** Leads visitors who are not logged in to the login. */
export function loggedIn(ctx: Context, next: Koa.Next): unknown {
  if (ctx.scopes.session.principal !== null) return next()
  return goTo(ctx, '/login', { text: 'Please log in first.', focus: 'name' })
}

/** The user who is logged in. */
export const userOf = (ctx: Context): string => ctx.scopes.session.principal ?? ctx.throw(401)
