import { ScopesError } from '../../errors/scopes-error.js'
import { type Clock, wait } from '../../support/clock.js'
import type { ScopeKind } from '../settings.js'

/** How many requests of this node may wait for the lock of one record. */
export const mostWaiting = 1_000

/**
 * Lets the requests of this node ask for the lock of a record one after the other, first come, first served: the store is
 * asked by one of them at a time, and decides only among nodes.
 */
export class LockQueue {
  readonly #scope: ScopeKind
  readonly #clock: Clock
  /** By id of the record: the requests that wait, each until it is aborted. An entry is there while one has its turn. */
  readonly #waiting = new Map<string, Set<AbortController>>()

  constructor(scope: ScopeKind, clock: Clock) {
    this.#scope = scope
    this.#clock = clock
  }

  /**
   * Resolves when it is this request's turn, with a function that ends the turn and calls the next. Throws LOCK_BUSY at once,
   * LOCK_NOT_TAKEN after `waitMs`.
   */
  async enter(id: string, waitMs: number): Promise<() => void> {
    const waiting = this.#waiting.get(id)
    const leave = () => this.#callNext(id)
    if (!waiting) {
      this.#waiting.set(id, new Set())
      return leave
    }
    if (waiting.size >= mostWaiting)
      throw new ScopesError('LOCK_BUSY', { scope: this.#scope, id, waiting: waiting.size })
    await this.#turn(id, waiting, waitMs)
    return leave
  }

  async #turn(id: string, waiting: Set<AbortController>, waitMs: number): Promise<void> {
    const entered = new AbortController()
    waiting.add(entered)
    await wait(this.#clock, waitMs, entered.signal)
    if (entered.signal.aborted) return
    waiting.delete(entered)
    throw new ScopesError('LOCK_NOT_TAKEN', { scope: this.#scope, id, waitMs })
  }

  #callNext(id: string): void {
    const waiting = this.#waiting.get(id)
    const [next] = waiting ?? []
    if (!next) this.#waiting.delete(id)
    else {
      waiting?.delete(next)
      next.abort()
    }
  }
}
