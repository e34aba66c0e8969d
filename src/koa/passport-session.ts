/*
 * Passport calls `regenerate()` and `save()` of the session, as express-session has them. They are not members of `ctx.session`,
 * on which every name is an attribute, so `ctx.request.session` is a session for Passport, with the same attributes. It is made
 * when somebody first asks for it.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { isScopesError } from '../errors/scopes-error.js'
import type { ScopeHandle } from '../scopes/request/handle.js'
import { endRecord } from '../scopes/request/limit.js'
import { served } from './opened.js'

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
  /** What Passport is about: `regenerate()` begins a login, `save()` without a user a logout. */
  #doing: 'login' | 'logout' | undefined

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
      this.#report(this.#regenerate().then(begin), callback)
    }
    const save = (callback: Callback) => this.#report(this.#save(), callback)
    const set = (key: string | symbol, value: unknown) => {
      try {
        return Reflect.set(attributes(), key, value)
      } catch (error) {
        if (!isTooLate(error)) throw error
        const late = { ...attributes() } // changes nothing; the save() that follows is reported
        attributes = () => late
        return Reflect.set(late, key, value)
      }
    }
    const session = facade(() => attributes(), set, { regenerate, save })
    Object.defineProperty(request, 'session', { configurable: true, value: session })
    return session
  }

  /** A session that had a user, and has none now, ends. Otherwise a login follows. */
  async #regenerate(): Promise<void> {
    const { session } = this.#ctx.scopes
    const isLogout = this.#doing === 'logout'
    await (isLogout && session.principal !== null ? session.invalidate() : session.rotate({ keep: [] }))
    this.#doing = isLogout ? undefined : 'login'
  }

  async #save(): Promise<void> {
    const { session } = this.#ctx.scopes
    const user = this.#user
    if (user === undefined) return this.#saveWithout()
    const isLogin = this.#doing === 'login' || user !== session.principal
    this.#doing = undefined
    if (typeof user === 'string' && user !== '') return isLogin ? this.#login(user) : session.commit()
    if (session.principal !== null) await this.#beginWithout()
    await session.commit()
  }

  /** A login has no user here if the response has left: then the user is in a copy. */
  async #saveWithout(): Promise<void> {
    const isLogin = this.#doing === 'login'
    if (!isLogin) this.#doing = 'logout'
    await this.#ctx.scopes.session.commit()
    if (isLogin) this.#doing = undefined
  }

  /** A login that failed leaves the attributes, and no user: the session would have one whom nobody can find. */
  async #login(user: string): Promise<void> {
    const { [this.#key]: own, ...others } = this.#ctx.session
    try {
      await this.#ctx.scopes.session.login(user)
    } catch (error) {
      if (!isTooLate(error)) this.#goOnWith(others)
      throw error
    }
  }

  #goOnWith(attributes: Attributes): void {
    try {
      const { session } = this.#ctx
      delete session[this.#key]
      Object.assign(session, attributes)
    } catch (error) {
      if (!isScopesError(error)) throw error // the session has ended, or is another's, and its user with it
    }
  }

  /** Goes on in a new session without a principal: the present one has that of another user. */
  async #beginWithout(): Promise<void> {
    const attributes = { ...this.#ctx.session }
    await this.#ctx.scopes.session.invalidate()
    Object.assign(this.#ctx.session, attributes)
  }

  /** The final commit waits for what Passport begins in its callback, and a turn longer, for users that are found without waiting. */
  #report(task: Promise<void>, callback: Callback): void {
    const reported = task.then(
      () => callback(),
      (error) => this.#failed(error, callback),
    )
    served(this.#ctx)?.scopes?.awaits(reported.then(() => nextTurn()))
  }

  #failed(error: unknown, callback: Callback): unknown {
    // Who has ended elsewhere is logged out.
    if (this.#doing === 'logout' && isScopesError(error, 'SCOPE_LOST')) return callback()
    return isTooLate(error) ? this.#tooLate(callback) : callback(error)
  }

  /**
   * The response has left. A logout ends the session all the same. A login cannot give the visitor a credential: it is logged as an
   * operation of ours is that nobody waits for. Nothing is an error for Passport, because where nobody waits that would end the process.
   */
  async #tooLate(callback: Callback): Promise<void> {
    const { session } = this.#ctx.scopes
    if (this.#doing === 'logout') await this.#endLate()
    else void session.commit()
    callback()
  }

  async #endLate(): Promise<void> {
    const { application } = served(this.#ctx) ?? {}
    const { id } = this.#ctx.scopes.session
    const scope = application?.session?.scope
    if (!scope || id === undefined || scope.strategy.sealed) return
    try {
      await endRecord(scope, id, 'ended')
    } catch (error) {
      application?.failures.failed(error, 'a session could not be ended after its response')
    }
  }

  get #user(): unknown {
    return (this.#ctx.session[this.#key] as { readonly user?: unknown } | undefined)?.user
  }
}

const isTooLate = (error: unknown): boolean => isScopesError(error, 'SCOPE_CLOSED')

/** An object with these attributes, which may become others, and with methods that are not among its keys. */
const facade = (
  attributes: () => Attributes,
  set: (key: string | symbol, value: unknown) => boolean,
  methods: Readonly<Record<string, unknown>>,
): Attributes =>
  new Proxy<Attributes>(
    {},
    {
      get: (_target, key) =>
        typeof key === 'string' && Object.hasOwn(methods, key) ? methods[key] : Reflect.get(attributes(), key),
      set: (_target, key, value) => set(key, value),
      has: (_target, key) => Reflect.has(attributes(), key),
      deleteProperty: (_target, key) => Reflect.deleteProperty(attributes(), key),
      ownKeys: () => Reflect.ownKeys(attributes()),
      getOwnPropertyDescriptor: (_target, key) => Reflect.getOwnPropertyDescriptor(attributes(), key),
      defineProperty: (_target, key, descriptor) => Reflect.defineProperty(attributes(), key, descriptor),
    },
  )
