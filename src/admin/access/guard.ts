import { stringifySetCookie } from 'cookie'
import type Koa from 'koa'
import { provenanceOf } from '../../http/cross-site.js'
import { Refusal } from '../answer.js'
import { formOf } from '../form.js'
import type { Access, Operator, Stranger } from './access.js'

/** A request that is not an operator's. `next`: where to go after the login. */
export class Unknown extends Error {
  readonly stranger: Stranger
  readonly next: string

  constructor(stranger: Stranger, next: string) {
    super(stranger.reason)
    this.stranger = stranger
    this.next = next
  }
}

/**
 * Lets operators pass, and answers what signs them in and out. undefined: it has answered. Throws `Unknown`; for a change that did
 * not come from a page of this site, a refusal, 403.
 */
export async function guard(ctx: Koa.Context, access: Access): Promise<Operator | undefined> {
  const token = new URLSearchParams(ctx.querystring).get('token')
  if (token !== null && isReading(ctx)) return signIn(ctx, access, token, pathWithoutToken(ctx), !isForeign(ctx))
  const isLogin = ctx.path === '/login'
  if (!isReading(ctx)) checkProvenance(ctx)
  if (isLogin && ctx.method === 'POST') {
    const form = await formOf(ctx.req)
    return signIn(ctx, access, form.get('token') ?? '', ownPath(form.get('next')))
  }
  const operator = access.identify(ctx.req)
  if ('reason' in operator) throw new Unknown(operator, isLogin ? '/' : ctx.url)
  if (isLogin) return moved(ctx, '/')
  if (!isReading(ctx)) await checkCsrf(ctx, operator)
  if (ctx.path !== '/logout' || ctx.method !== 'POST') return operator
  access.signOut(ctx.req)
  setCookie(ctx, access.cookieName, '', 0)
  return moved(ctx, '/')
}

function signIn(ctx: Koa.Context, access: Access, token: string, next: string, isOwn = true): undefined {
  const result = access.signIn(token, ctx.req, isOwn)
  if ('reason' in result) throw new Unknown(result, next)
  setCookie(ctx, access.cookieName, result.id)
  return moved(ctx, next)
}

const isReading = ({ method }: Koa.Context): boolean => method === 'GET' || method === 'HEAD'

const isForeign = (ctx: Koa.Context): boolean => provenanceOf(ctx.req, ctx.get('host')) === 'another origin'

/** Throws a refusal, 403. */
function checkProvenance(ctx: Koa.Context): void {
  if (!isForeign(ctx)) return
  throw new Refusal(403, 'From another site', 'A page of another site asked for this change, so it was not made.')
}

/** Only a session has something that a page elsewhere could use. Throws a refusal, 403. */
async function checkCsrf(ctx: Koa.Context, { session }: Operator): Promise<void> {
  if (!session) return
  const given = ctx.get('x-csrf-token') || (await formOf(ctx.req)).get('csrf') || ''
  if (session.isCsrf(given)) return
  throw new Refusal(
    403,
    'Out of date',
    'The form does not belong to this login. Go back, load the page again, and repeat it.',
  )
}

function moved(ctx: Koa.Context, to: string): undefined {
  ctx.status = 303
  ctx.set('Location', to)
  ctx.body = ''
}

function pathWithoutToken(ctx: Koa.Context): string {
  const query = new URLSearchParams(ctx.querystring)
  query.delete('token')
  return ownPath(query.size === 0 ? ctx.path : `${ctx.path}?${query}`)
}

/** Never an address of another site. */
const ownPath = (path: string | null): string => (path && /^\/(?![/\\])/.test(path) ? path : '/')

/** Secure if a proxy says that the visitor came by TLS: if it lies, the browser only does not send the cookie. */
function setCookie(ctx: Koa.Context, name: string, value: string, maxAge?: number): void {
  const secure = ctx.get('x-forwarded-proto') === 'https'
  const age = maxAge === undefined ? {} : { maxAge }
  ctx.append(
    'Set-Cookie',
    stringifySetCookie({ name, value, path: '/', httpOnly: true, sameSite: 'strict', secure, ...age }),
  )
}
