import { ScopesError } from '../../errors/scopes-error.js'
import type { ScopeKind } from '../settings.js'

/**
 * - `open`: the request can change its scope.
 * - `withheld`: the visitor may have a record whose cookie this cross-site request could not carry.
 * - `superseded`: the visitor's secret has just been replaced.
 * - `unlocked`: the request has lost its lock, while the function that it ran under the lock may go on.
 * - `lost`: the record has ended meanwhile.
 * - `closed`: the final commit has taken place.
 */
type State = 'open' | 'withheld' | 'superseded' | 'unlocked' | 'lost' | 'closed'

/** Whether a request can use its scope, and the error where it cannot. */
export class RequestState {
  readonly #scope: ScopeKind
  readonly #isTooLate: () => boolean
  #state: State = 'open'
  /** The error of a load that failed. Every use throws it, so that the record is never taken for an empty one. */
  #failure: unknown

  constructor(scope: ScopeKind, isTooLate: () => boolean) {
    this.#scope = scope
    this.#isTooLate = isTooLate
  }

  is(state: State): boolean {
    return this.#state === state
  }

  become(state: State): void {
    this.#state = state
  }

  /** The load failed. */
  failed(error: unknown): void {
    this.#failure = error
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined
  }

  /**
   * Throws the error of the load, LOCK_LOST. After the loss of a lock the record may not be read either: in memory-first mode
   * a value that is changed in place would be that of other requests.
   */
  assertReadable(): void {
    if (this.#failure !== undefined) throw this.#failure
    if (this.#state === 'unlocked') throw new ScopesError('LOCK_LOST', { scope: this.#scope, id: '' })
  }

  /**
   * Throws the error of the load, SCOPE_WITHHELD, SCOPE_SUPERSEDED, LOCK_LOST, SCOPE_LOST, SCOPE_CLOSED. `name`: what the
   * request would change.
   */
  assertOpen(name: string): void {
    this.assertReadable()
    const scope = this.#scope
    switch (this.#state) {
      case 'withheld':
        throw new ScopesError('SCOPE_WITHHELD', { scope })
      case 'superseded':
        throw new ScopesError('SCOPE_SUPERSEDED', { scope })
      case 'lost':
        throw new ScopesError('SCOPE_LOST', { scope, id: '' })
      default:
        if (this.#state === 'closed' || this.#isTooLate()) throw new ScopesError('SCOPE_CLOSED', { scope, name })
    }
  }
}
