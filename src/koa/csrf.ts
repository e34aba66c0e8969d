import type Koa from 'koa'
import { ScopesError } from '../errors/scopes-error.js'
import { provenanceOf } from '../http/cross-site.js'
import { originsIn } from '../http/origin.js'
import { checkedOptions, checkFunction, checkText } from '../scopes/request/arguments.js'
import { opened } from './opened.js'

export interface CsrfOptions {
  /** Other origins whose pages may send requests, as in `https://admin.example.com`. Default: none. */
  readonly origins?: readonly string[]
  /** The key that the page's token was made with. Default: the empty text. */
  readonly key?: string
  /** Finds the token of a request. Default: the header X-CSRF-Token, or the field `_csrf` of a parsed body. */
  readonly token?: (ctx: Koa.Context) => unknown
}

const made = new WeakSet<object>()

/** Throws SCOPE_NOT_DECLARED for middleware of an application without sessions that would fail each request which is not safe. */
export function checkCsrf(middleware: readonly object[], { name, session }: CsrfApplication): void {
  if (!session && middleware.some((one) => made.has(one)))
    throw new ScopesError('SCOPE_NOT_DECLARED', { scope: 'session', application: name })
}

interface CsrfApplication {
  readonly name: string
  readonly session?: object | undefined
}

const safe = new Set(['GET', 'HEAD', 'OPTIONS'])
const optionNames = ['origins', 'key', 'token'] as const

/**
 * Middleware that refuses requests which a page of another site had a browser send (403, CSRF_REFUSED). The browser's own
 * word decides, `Sec-Fetch-Site` or `Origin`; a request with a cookie and without these headers needs a token of
 * `ctx.scopes.session.csrfToken()`. Safe methods pass, and so do requests whose session is in a header, which no browser adds by
 * itself. On scopeless paths only the word of the browser counts. Put it behind the scopes and, for tokens in forms, behind the
 * body parser. Throws TypeError for wrong options.
 */
export function csrf(options: CsrfOptions = {}): Koa.Middleware {
  const { origins = [], key = '', token = presentedToken } = checkedOptions('csrf()', options, optionNames)
  checkText('The key of csrf()', key)
  checkFunction('The token of csrf()', token)
  const allowed = new Set(originsIn('csrf()', origins))
  made.add(csrf)
  return csrf

  function csrf(ctx: Koa.Context, next: Koa.Next) {
    if (safe.has(ctx.method)) return next()
    const reason = refusalOf(ctx)
    if (reason) throw new ScopesError('CSRF_REFUSED', { reason })
    return next()
  }

  /** Why a request is refused; undefined if it is not. */
  function refusalOf(ctx: Koa.Context): string | undefined {
    const { origin, cookie } = ctx.req.headers
    const { scopes } = opened(ctx as object, 'session')
    if (scopes && !scopes.isAmbient('session')) return undefined
    if (origin !== undefined && allowed.has(origin)) return undefined
    const provenance = provenanceOf(ctx.req, ctx.host)
    if (provenance === 'another origin') return 'it comes from a page of another site'
    if (provenance === 'same origin' || cookie === undefined || !scopes) return undefined
    return scopes.handle('session').verifyCsrf(given(token(ctx)), key)
      ? undefined
      : 'its browser does not say where it comes from, and it has no valid token'
  }
}

function presentedToken(ctx: Koa.Context): unknown {
  const header = ctx.get('X-CSRF-Token')
  if (header) return header
  const { body } = ctx.request as { readonly body?: unknown }
  return typeof body === 'object' && body !== null && '_csrf' in body ? body._csrf : undefined
}

/** Throws TypeError for a token that comes later: it would never be valid. */
function given(token: unknown): unknown {
  if (!(token instanceof Promise)) return token
  token.catch(() => {}) // the error below says more
  throw new TypeError('The token of csrf() is found at once, not by a promise')
}
