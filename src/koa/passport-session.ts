/*
 * Passport calls `regenerate()` and `save()` of the session, as express-session has them. They are not members of `ctx.session`,
 * on which every name is an attribute, so `ctx.request.session` is a session for Passport, with the same attributes. It is made
 * when somebody first asks for it.
 */
import type { ScopeHandle } from '../scopes/request/handle.js'

/** The attribute that holds the user, unless Passport's session manager has another `key`. */
export const defaultKey = 'passport'

/** What Passport's session needs of a context. */
export interface SessionContext {
  readonly session: Record<string, unknown>
  readonly scopes: { readonly session: ScopeHandle }
}

type Attributes = Record<string, unknown>
type Callback = (error?: unknown) => void

/** The session as Passport sees it. It keeps a reference to it while it calls `regenerate()`, and copies from it afterwards. */
export class PassportSession {
  readonly #ctx: SessionContext
  readonly #key: string

  constructor(ctx: SessionContext, key: string) {
    this.#ctx = ctx
    this.#key = key
  }

  /** koa-passport looks at the request before it looks at the context. */
  install(request: object): Attributes {
    const live = () => this.#ctx.session
    let attributes = live
    const regenerate = (callback: Callback) => {
      const before = { ...live() }
      const begin = () => {
        attributes = () => before
        this.install(request)
      }
      report(this.#regenerate().then(begin), callback)
    }
    const save = (callback: Callback) => report(this.#save(), callback)
    const session = facade(() => attributes(), { regenerate, save })
    Object.defineProperty(request, 'session', { configurable: true, value: session })
    return session
  }

  /** A session that had a user, and has none now, ends. */
  #regenerate(): Promise<void> {
    const { session } = this.#ctx.scopes
    const isLogout = session.principal !== null && this.#user === undefined
    return isLogout ? session.invalidate() : session.rotate({ keep: [] })
  }

  #save(): Promise<void> {
    const { session } = this.#ctx.scopes
    const user = this.#user
    const isLogin = typeof user === 'string' && user !== '' && user !== session.principal
    return isLogin ? session.login(user) : session.commit()
  }

  get #user(): unknown {
    return (this.#ctx.session[this.#key] as { readonly user?: unknown } | undefined)?.user
  }
}

const report = (task: Promise<void>, callback: Callback): void => void task.then(() => callback(), callback)

/** An object with these attributes, which may become others, and with methods that are not among its keys. */
const facade = (attributes: () => Attributes, methods: Readonly<Record<string, unknown>>): Attributes =>
  new Proxy<Attributes>(
    {},
    {
      get: (_target, key) =>
        typeof key === 'string' && Object.hasOwn(methods, key) ? methods[key] : Reflect.get(attributes(), key),
      set: (_target, key, value) => Reflect.set(attributes(), key, value),
      has: (_target, key) => Reflect.has(attributes(), key),
      deleteProperty: (_target, key) => Reflect.deleteProperty(attributes(), key),
      ownKeys: () => Reflect.ownKeys(attributes()),
      getOwnPropertyDescriptor: (_target, key) => Reflect.getOwnPropertyDescriptor(attributes(), key),
      defineProperty: (_target, key, descriptor) => Reflect.defineProperty(attributes(), key, descriptor),
    },
  )
