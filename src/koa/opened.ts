import { ScopesError } from '../errors/scopes-error.js'
import type { RequestScopes } from '../http/request-scopes.js'
import type { ServedApplication } from './served-application.js'

const scopesOf = Symbol('koa-scopes')

/** The state of this package in a request's `ctx`. On a scopeless path `scopes` is undefined. */
export interface Opened {
  readonly application: ServedApplication
  readonly scopes: RequestScopes | undefined
}

export interface Holder {
  [scopesOf]?: Opened
}

/** Attaches the state to a request. Throws SCOPES_MOUNTED_TWICE. */
export function attach(ctx: object, opened: Opened): void {
  const holder: Holder = ctx
  if (holder[scopesOf]) throw new ScopesError('SCOPES_MOUNTED_TWICE', { application: opened.application.name })
  holder[scopesOf] = opened
}

/** So that a live connection which a handler opens is bound to what its request has. */
export function attachToRequest(request: object, opened: Opened): void {
  ;(request as Holder)[scopesOf] = opened
}

/** Throws SCOPE_NOT_OPEN before the middleware of the scopes. */
export function opened(ctx: Holder, scope: string): Opened {
  if (!ctx[scopesOf]) throw new ScopesError('SCOPE_NOT_OPEN', { scope })
  return ctx[scopesOf]
}

/** What the middleware has attached to this request or context; undefined if none has served it. */
export const served = (holder: object): Opened | undefined => (holder as Holder)[scopesOf]
