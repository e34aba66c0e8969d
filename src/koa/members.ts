import type Koa from 'koa'
import { ScopesError } from '../errors/scopes-error.js'
import type { RequestScopes } from '../http/request-scopes.js'
import { type Holder, opened, served } from './opened.js'
import { defaultKey, PassportSession, type SessionContext } from './passport-session.js'

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

/** The members of a context, by name. */
export const getters: Readonly<Record<string, (this: Holder) => unknown>> = {
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
export function installMembers({
  context,
  request,
}: {
  readonly context: Koa.BaseContext
  readonly request: object
}): void {
  if (furnished.has(context)) return
  define(context, context)
  defineForPassport(request)
  furnished.add(context)
}

/** Throws FOREIGN_MEMBER if another module, such as koa-session, has replaced a member since it was installed. */
export function checkMembers({ context }: { readonly context: object }): void {
  for (const [member, get] of Object.entries(getters)) {
    if (Object.getOwnPropertyDescriptor(context, member)?.get !== get)
      throw new ScopesError('FOREIGN_MEMBER', { member })
  }
}

/** Defines all members, or none if one of them is foreign, so that the next request gets the same error. */
function define(target: Koa.BaseContext, context: object): void {
  const foreign = Object.keys(getters).find((member) => Object.hasOwn(context, member))
  if (foreign !== undefined) throw new ScopesError('FOREIGN_MEMBER', { member: foreign })
  for (const [member, get] of Object.entries(getters)) {
    Object.defineProperty(target, member, { configurable: true, get, set: () => refuseAssignment(member) })
  }
  answerRefusals(target)
}

export function refuseAssignment(scope: string): never {
  throw new ScopesError('SCOPE_ASSIGNED', { scope })
}

/** Koa answers every error with `ctx.onerror`, which from here on gets our refusals in the form that is meant for it. */
function answerRefusals(target: Koa.BaseContext): void {
  const { onerror } = target
  target.onerror = function (this: Holder, error) {
    const failures = served(this)?.application.failures
    onerror.call(this as never, failures ? failures.formForKoa(error) : error)
  }
}

/**
 * Defines the members for a request: on the context prototype if the app itself uses the middleware. One inside of another
 * middleware (a router, a mounted app) belongs to some paths only, so there the members are on this `ctx`, after it ran.
 */
export function provideMembers(ctx: Koa.Context, { context, middleware, request }: Koa, own: object): void {
  if (furnished.has(context)) return
  if (middleware.some((one) => one === own)) installMembers({ context, request })
  else if (!Object.hasOwn(ctx, 'scopes')) {
    define(ctx, context)
    defineForPassport(ctx.request)
  }
}

/** Defines `session` on a request, or on the prototype of all, unless another module has defined it. */
function defineForPassport(target: object): void {
  if ('session' in target) return
  Object.defineProperty(target, 'session', {
    configurable: true,
    get(this: { readonly ctx: Koa.Context & Holder }) {
      if (!hasSession(this.ctx)) return undefined
      return new PassportSession(this.ctx as unknown as SessionContext, defaultKey).install(this)
    },
    set(this: object, value: unknown) {
      Object.defineProperty(this, 'session', { configurable: true, enumerable: true, writable: true, value })
    },
  })
}

const hasSession = (ctx: Holder): boolean => {
  const state = served(ctx)
  return state?.scopes !== undefined && state.application.session !== undefined
}
