import { ScopesError } from '../errors/scopes-error.js'
import type { RequestScopes } from '../http/request-scopes.js'
import type { ServedApplication } from './served-application.js'

const scopesOf = Symbol('koa-scopes')

/** What a request's `ctx` remembers of us. On a scopeless path there are no record scopes. */
export interface Opened {
  readonly application: ServedApplication
  readonly scopes: RequestScopes | undefined
}

interface Holder {
  [scopesOf]?: Opened
}

/** Throws SCOPES_MOUNTED_TWICE. */
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

/** The handles of a request, made as they are asked for. */
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

/** The context prototypes that have the members. */
const furnished = new WeakSet<object>()

/** Puts the members on the context prototype of a Koa app, once. Throws FOREIGN_MEMBER when something else holds a name. */
export function installMembers({ context }: { readonly context: object }): void {
  if (furnished.has(context)) return
  for (const [member, get] of Object.entries(getters)) {
    if (Object.hasOwn(context, member)) throw new ScopesError('FOREIGN_MEMBER', { member })
    const set = () => {
      throw new ScopesError('SCOPE_ASSIGNED', { scope: member })
    }
    Object.defineProperty(context, member, { configurable: true, get, set })
  }
  furnished.add(context)
}
