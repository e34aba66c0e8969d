/*
 * Passport calls `regenerate()` and `save()` of the session, as express-session has them. They are not members of `ctx.session`,
 * on which every name is an attribute, so `ctx.request.session` is a session for Passport, with the same attributes. It is made
 * when somebody first asks for it.
 */
import { isScopesError } from '../errors/scopes-error.js'
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
  #isLogin = false

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
    const isLogout = session.principal !== null && this.#user === undefined
    this.#isLogin = !isLogout
    await (isLogout ? session.invalidate() : session.rotate({ keep: [] }))
  }

  /** The first one after `regenerate()` is a login, also of the user who was logged in before. */
  async #save(): Promise<void> {
    const { session } = this.#ctx.scopes
    const user = this.#user
    const isLogin = this.#isLogin || user !== session.principal
    this.#isLogin = false
    if (typeof user === 'string' && user !== '' && isLogin) return session.login(user)
    if (user !== undefined && typeof user !== 'string' && session.principal !== null) await this.#beginWithout()
    await session.commit()
  }

  /** Goes on in a new session without a principal: the present one has that of another user. */
  async #beginWithout(): Promise<void> {
    const attributes = { ...this.#ctx.session }
    await this.#ctx.scopes.session.invalidate()
    Object.assign(this.#ctx.session, attributes)
  }

  #report(task: Promise<void>, callback: Callback): void {
    task.then(
      () => callback(),
      (error) => (isTooLate(error) ? this.#reportTooLate() : callback(error)),
    )
  }

  /**
   * The response has left while Passport looked for a user, because nobody waits for its `login()` or `logout()`. An error given to
   * Passport would be a rejection that nobody handles, which ends the process; one of ours that is not awaited is logged.
   */
  #reportTooLate(): void {
    void this.#ctx.scopes.session.commit()
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
