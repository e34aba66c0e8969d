import type Koa from 'koa'
import { ScopesError } from '../errors/scopes-error.js'
import type { RequestScopes } from '../http/request-scopes.js'
import { isRefusal, Refusal } from './refusal.js'
import type { ServedApplication } from './served-application.js'

const scopesOf = Symbol('koa-scopes')

/** The state of this package in a request's `ctx`. On a scopeless path `scopes` is undefined. */
export interface Opened {
  readonly application: ServedApplication
  readonly scopes: RequestScopes | undefined
}

interface Holder {
  [scopesOf]?: Opened
}

/** Attaches the state to a request. Throws SCOPES_MOUNTED_TWICE. */
export function attach(ctx: object, opened: Opened): void {
  const holder: Holder = ctx
  if (holder[scopesOf]) throw new ScopesError('SCOPES_MOUNTED_TWICE', { application: opened.application.name })
  holder[scopesOf] = opened
}

function opened(ctx: Holder, scope: string): Opened {
  if (!ctx[scopesOf]) throw new ScopesError('SCOPE_NOT_OPEN', { scope })
  return ctx[scopesOf]
}

function recordScopes(ctx: Holder, scope: string): RequestScopes {
  const { scopes } = opened(ctx, scope)
  if (!scopes) throw new ScopesError('SCOPE_NOT_OPEN', { scope })
  return scopes
}

/** The handles of a request, created at first use. */
class Handles {
  readonly #ctx: Holder

  constructor(ctx: Holder) {
    this.#ctx = ctx
  }

  get session() {
    return recordScopes(this.#ctx, 'session').handle('session')
  }

  get client() {
    return recordScopes(this.#ctx, 'client').handle('client')
  }
}

const getters: Record<string, (this: Holder) => unknown> = {
  application() {
    return opened(this, 'application').application.life.data
  },
  session() {
    return recordScopes(this, 'session').data('session')
  },
  client() {
    return recordScopes(this, 'client').data('client')
  },
  scopes() {
    return new Handles(this)
  },
}

/** The context prototypes that already have the members. */
const furnished = new WeakSet<object>()

/** Defines the members on the context prototype of a Koa app, once. Throws FOREIGN_MEMBER if another module has defined one of them. */
export function installMembers({ context }: { readonly context: Koa.BaseContext }): void {
  if (furnished.has(context)) return
  for (const [member, get] of Object.entries(getters)) {
    if (Object.hasOwn(context, member)) throw new ScopesError('FOREIGN_MEMBER', { member })
    const set = () => {
      throw new ScopesError('SCOPE_ASSIGNED', { scope: member })
    }
    Object.defineProperty(context, member, { configurable: true, get, set })
  }
  answerRefusals(context)
  furnished.add(context)
}

/** Koa answers every error with `ctx.onerror`, which from here on gets our refusals in the form that is meant for it. */
function answerRefusals(context: Koa.BaseContext): void {
  const { onerror } = context
  context.onerror = function (this: Holder, error) {
    const failures = this[scopesOf]?.application.failures
    if (!failures || !isRefusal(error)) return onerror.call(this as never, error)
    failures.failed(error, 'a request failed')
    onerror.call(this as never, new Refusal(error))
  }
}
