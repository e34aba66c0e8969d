import { parseDuration, parseTimeout } from '../../errors/parse-duration.js'
import { ScopesError } from '../../errors/scopes-error.js'
import type { Duration, Timeout } from '../../support/duration.js'
import { formatCredential } from '../record/credential.js'
import { checkedOptions, checkFlag, checkText } from './arguments.js'
import { csrfToken, verifyCsrf } from './csrf.js'
import { increment } from './increment.js'
import { withLock } from './lock.js'
import { type LoginOptions, login } from './login.js'
import type { RequestScope } from './request-scope.js'
import { rotate, rotateKeeping } from './rotation.js'

export interface LockOptions {
  /** How long to wait for the lock. Default: 5s. */
  readonly wait?: Duration
  /** How long the lock stays taken after its node dies. Default: 10s. It is renewed while the function runs. */
  readonly lease?: Duration
  /** How long the function may hold the lock. Default: 1m. Then the lock is lost. */
  readonly hold?: Duration
}

/** The names of a scope's attributes; any, while its type names none. */
export type AttributeName<Data> = keyof Data extends never ? string : keyof Data & string

/** The names of the attributes that hold numbers. */
export type CountName<Data> = keyof Data extends never
  ? string
  : {
      [K in keyof Data & string]-?: unknown extends Data[K] ? K : NonNullable<Data[K]> extends number ? K : never
    }[keyof Data & string]

/** A request's access to its session or client besides the data: `ctx.scopes.session`, `ctx.scopes.client`. */
export class ScopeHandle<Data = object> {
  readonly #request: RequestScope

  constructor(request: RequestScope) {
    this.#request = request
  }

  /** The record's id, which never changes and is not secret. undefined while there is no record. */
  get id(): string | undefined {
    return this.#request.record?.id
  }

  /**
   * The credential that this response issues, for a handler that puts it into a body: `<id>.<secret>`. undefined if the response
   * issues none. It opens the record to whoever has it: never log or store it.
   */
  get issued(): string | undefined {
    const { issued, scope } = this.#request
    return issued.kind === 'issued' && !scope.strategy.sealed ? formatCredential(issued.credential) : undefined
  }

  /** True if there is a record, or will be one when this request is saved. */
  get exists(): boolean {
    return this.#request.record !== undefined
  }

  /** True if this request began the record. */
  get isNew(): boolean {
    return this.#request.isNew
  }

  get timeCreated(): Date | undefined {
    const { record } = this.#request
    return record && new Date(record.head.createdAt)
  }

  /** The time of the access before this one. */
  get lastVisit(): Date | undefined {
    const { record } = this.#request
    return record && new Date(record.lastVisit)
  }

  /** The idle timeout of this record in milliseconds; null: never. Assign a duration to change it for this record. */
  get timeout(): number | null {
    return this.#request.timeoutMs
  }

  set timeout(timeout: Timeout) {
    this.#request.changeLife({ idleMs: this.#request.scope.strategy.idle.of(parseTimeout(timeout)) })
  }

  /**
   * The longest time from this record's creation to its end, in milliseconds; null: no limit. Assign a duration to
   * change it for this record.
   */
  get lifetime(): number | null {
    const { life, record, scope } = this.#request
    if (!life || !record) return scope.environment.settings.lifetimeMs
    return life.endsAt === null ? null : life.endsAt - record.head.createdAt
  }

  set lifetime(lifetime: Timeout) {
    const lifetimeMs = parseTimeout(lifetime)
    const { createdAt } = this.#request.writable('lifetime').head
    this.#request.changeLife({ endsAt: lifetimeMs === null ? null : createdAt + lifetimeMs })
  }

  /** The user that this record belongs to; null until known. */
  get principal(): string | null {
    return this.#request.record?.head.principal ?? null
  }

  /**
   * When the principal was last set, also to the same one: for pages that ask for the password again if that is long ago. null
   * without a principal.
   */
  get authenticatedAt(): Date | null {
    const { principalSince = null } = this.#request.record?.head ?? {}
    return principalSince === null ? null : new Date(principalSince)
  }

  /**
   * Gives the record to a user: sets the principal and a new secret in one update, with all changes of this request so far,
   * and applies the limit per principal. Throws LIMIT_REACHED, SCOPE_CONFLICT, SCOPE_SUPERSEDED, SCOPE_LOST.
   */
  login(principal: string, options: LoginOptions = {}): Promise<void> {
    return this.#request.operations.run(async () =>
      login(this.#request, principal, checkedOptions('login()', options, ['remember'])),
    )
  }

  /**
   * Gives the record a new secret: the cookie of this request is invalid at once on every node. `keep`: the attributes to
   * keep; all others are removed, also those that other requests wrote. Throws SCOPE_CONFLICT if another request was first.
   */
  rotate(options: { readonly keep?: readonly AttributeName<Data>[] } = {}): Promise<void> {
    const request = this.#request
    return request.operations.run(async () => {
      const { keep } = checkedOptions('rotate()', options, ['keep'])
      await (keep === undefined ? rotate(request) : rotateKeeping(request, keep))
    })
  }

  /**
   * A token that a page sends back with its forms and requests, so that no other site can send them: CFML's CSRFGenerateToken.
   * Begins and stores a session if there is none. `key`: what the token is good for. Each call returns another text.
   */
  csrfToken(key = ''): string {
    checkText('A key', key)
    return csrfToken(this.#request, key)
  }

  /**
   * Whether `token` is one that `csrfToken` made for this record and key: CFML's CSRFVerifyToken. A token outlives a new secret
   * (login, rotate) by a minute, but not in a sealed cookie.
   */
  verifyCsrf(token: unknown, key = ''): boolean {
    checkText('A key', key)
    return verifyCsrf(this.#request, token, key)
  }

  /** Ends the record on every node; its end handler runs soon. A later write in this request begins a new record. */
  invalidate(): Promise<void> {
    return this.#request.operations.run(() => this.#request.invalidate())
  }

  /**
   * Saves the changes so far, so that other nodes see them at once. Throws SCOPE_LOST if the record has ended meanwhile.
   * `ifUnchanged` (with `cluster: true`): saves only if no other request has changed the record since this one loaded or
   * saved it; otherwise discards the changes and throws SCOPE_CHANGED. After the final commit it throws SCOPE_CLOSED. Throws
   * SCOPE_SEALED for `ifUnchanged` of a sealed record, SCOPE_CONFLICT if a sealed record was rotated meanwhile.
   */
  commit(options: { readonly ifUnchanged?: boolean } = {}): Promise<void> {
    const request = this.#request
    return request.operations.run(async () => {
      const { ifUnchanged } = checkedOptions('commit()', options, ['ifUnchanged'])
      if (ifUnchanged !== undefined) checkFlag('ifUnchanged', ifUnchanged)
      const { id } = this
      if ((await request.commit(ifUnchanged === undefined ? {} : { ifUnchanged })) === 'missing')
        throw new ScopesError('SCOPE_LOST', { scope: request.scope.kind, id: id ?? '' })
    })
  }

  /** Discards uncommitted changes and reads the record from the store again. Values returned earlier are detached. */
  reload(): Promise<void> {
    return this.#request.operations.run(() => this.#request.reload())
  }

  /**
   * Adds `by` (default 1) to the number under this name (absent: 0) and resolves with the sum. Saved at once, after earlier
   * changes of this request. No parallel increment is lost; in memory-first mode only those of this node are safe: use
   * `lock`. Throws TypeError if the value is not a number, SCOPE_LOST, SCOPE_CHANGED.
   */
  increment(name: CountName<Data>, by = 1): Promise<number> {
    return this.#request.operations.run(() => increment(this.#request, name, by))
  }

  /**
   * Runs `fn` while no other request, on any node, holds this record's lock, so that read-modify-write is safe. Saves earlier
   * changes first, then reads the record again (values returned earlier are detached). The changes of `fn` are saved before
   * the lock is released; if `fn` throws, they are discarded. If the lock is lost, the signal aborts, the call ends with
   * LOCK_LOST, and this request can change the scope no more. Throws LOCK_NOT_TAKEN, LOCK_BUSY, LOCK_LOST,
   * LOCKS_UNSUPPORTED, SCOPE_SEALED, SCOPE_LOST.
   */
  lock<T>(fn: (signal: AbortSignal) => T | Promise<T>, options: LockOptions = {}): Promise<T> {
    return this.#request.operations.run(async () => {
      const { wait = '5s', lease = '10s', hold = '1m' } = checkedOptions('lock()', options, ['wait', 'lease', 'hold'])
      const times = { waitMs: parseDuration(wait), leaseMs: parseDuration(lease), holdMs: parseDuration(hold) }
      return withLock(this.#request, fn, times)
    })
  }
}
