import { parseDuration, parseTimeout } from '../../errors/parse-duration.js'
import { ScopesError } from '../../errors/scopes-error.js'
import type { Duration, Timeout } from '../../support/duration.js'
import { increment } from './increment.js'
import { withLock } from './lock.js'
import { login } from './login.js'
import type { RequestScope } from './request-scope.js'
import { rotate, rotateKeeping } from './rotation.js'

export interface LockOptions {
  /** How long to wait for the lock. Default 5 s. */
  readonly wait?: Duration
  /** How long the lock outlives a node that dies. Default 10 s; renewed while the function runs. */
  readonly lease?: Duration
}

/** What a request can know of its session or client, and do to it, besides its data: `ctx.scopes.session`, `ctx.scopes.client`. */
export class ScopeHandle {
  readonly #request: RequestScope

  constructor(request: RequestScope) {
    this.#request = request
  }

  /** The record's id: never changes and is no secret. undefined while there is no record. */
  get id(): string | undefined {
    return this.#request.record?.id
  }

  /** There is a record, or there will be one when this request is saved. */
  get exists(): boolean {
    return this.#request.record !== undefined
  }

  /** This request began the record. */
  get isNew(): boolean {
    return this.#request.isNew
  }

  get timeCreated(): Date | undefined {
    const { record } = this.#request
    return record && new Date(record.head.createdAt)
  }

  /** The access before this one. */
  get lastVisit(): Date | undefined {
    const { record } = this.#request
    return record && new Date(record.lastVisit)
  }

  /** The idle timeout of this record in milliseconds; null: never. Assign a duration to change it for this record. */
  get timeout(): number | null {
    return this.#request.timeoutMs
  }

  set timeout(timeout: Timeout) {
    this.#request.changeLife({ idleMs: this.#request.scope.strategy.storedIdle(parseTimeout(timeout)) })
  }

  /** From this record's creation to its end in milliseconds, whatever comes; null: no limit. Assign a duration to change it for this record. */
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

  /** The user this record belongs to, once known. */
  get principal(): string | null {
    return this.#request.record?.head.principal ?? null
  }

  /**
   * Gives the record to a user: a new secret, the principal, and the limit per principal, in one update with what this
   * request has changed so far. Throws LIMIT_REACHED, SCOPE_CONFLICT, SCOPE_SUPERSEDED, SCOPE_LOST.
   */
  login(principal: string): Promise<void> {
    return this.#request.operations.run(() => login(this.#request, principal))
  }

  /**
   * Gives the record a new secret: the cookie this request came with is dead at once on every node. `keep`: of the
   * attributes only these remain, whoever wrote the others. Throws SCOPE_CONFLICT when another request was first.
   */
  rotate({ keep }: { readonly keep?: readonly string[] } = {}): Promise<void> {
    const request = this.#request
    return request.operations.run(async () => {
      await (keep === undefined ? rotate(request) : rotateKeeping(request, keep))
    })
  }

  /** Ends the record on every node; its end handler runs soon. A later write of this request begins another record. */
  invalidate(): Promise<void> {
    return this.#request.operations.run(() => this.#request.invalidate())
  }

  /**
   * Saves what was changed so far, for other nodes to see at once. Throws SCOPE_LOST when the record has ended meanwhile.
   * `ifUnchanged` (with `cluster: true`): only if no other request has changed the record since this one knows it; else
   * throws SCOPE_CHANGED and forgets the changes.
   */
  commit(options?: { readonly ifUnchanged?: boolean }): Promise<void> {
    return this.#request.operations.run(async () => {
      const { id } = this
      if ((await this.#request.commit(options)) === 'missing')
        throw new ScopesError('SCOPE_LOST', { scope: this.#request.scope.kind, id: id ?? '' })
    })
  }

  /** Forgets uncommitted changes and reads what the store holds now. Values handed out earlier are detached. */
  reload(): Promise<void> {
    return this.#request.operations.run(() => this.#request.reload())
  }

  /**
   * Adds `by` (default 1) to the number under this name, absent counting as 0, whatever other requests do to it meanwhile;
   * resolves with the sum. Saved at once, after what was changed before. Memory-first, requests of other nodes do not
   * count: use `lock`. Throws TypeError when it is no number, SCOPE_LOST, SCOPE_CHANGED.
   */
  increment(name: string, by = 1): Promise<number> {
    return this.#request.operations.run(() => increment(this.#request, name, by))
  }

  /**
   * Runs `fn` while nobody else, on any node, holds this record's lock. What was changed before is saved first. Inside, the
   * record is freshly read (values handed out earlier are detached), and what `fn` changes is saved before the lock is
   * released, so read-modify-write is safe; when it throws, nothing of that is. The signal aborts when the lock is lost.
   * Throws LOCK_NOT_TAKEN, LOCK_LOST, LOCKS_UNSUPPORTED, SCOPE_LOST.
   */
  lock<T>(fn: (signal: AbortSignal) => T | Promise<T>, { wait = '5s', lease = '10s' }: LockOptions = {}): Promise<T> {
    return this.#request.operations.run(async () =>
      withLock(this.#request, fn, { waitMs: parseDuration(wait), leaseMs: parseDuration(lease) }),
    )
  }
}
