import { type Pause, randomPause } from '../claim-rounds.js'
import type { EpochMs } from '../contract.js'
import type { GuardedSpace } from '../guard/guarded-space.js'
import { StorageError } from '../storage-error.js'
import { Claims } from './claims.js'
import { type MoveResult, move } from './move.js'

export interface MovingStores {
  /** The store to which records move, and that gets all new ones. */
  readonly write: GuardedSpace
  readonly fallback: GuardedSpace
  /** The name of the cache that `write` belongs to, for messages. */
  readonly cache: string
  /** Default: random, growing with the tries. */
  readonly pause?: Pause
  /** How long a sweep leaves a record on its way to the node that moves it. Default: 1,000. */
  readonly courtesyMs?: number
}

const defaultCourtesyMs = 1_000
/** The most attempts at a record that other nodes keep moving. */
const mostTries = 20
/**
 * How often a record that seems to be in neither store is looked for again. Another node may be moving it at this moment, and
 * PostgreSQL passes over a record that another statement has locked.
 */
const mostLooks = 4
/** The pauses begin with 2 to 4 ms, so that the other node has time. */
const firstPause = 2

type Ask<T> = (store: GuardedSpace) => Promise<T>

/** Finds records where they are, and moves those that are still in the old store. */
export class Finder {
  readonly claims: Claims
  readonly #write: GuardedSpace
  readonly #fallback: GuardedSpace
  readonly #cache: string
  readonly #pause: Pause
  /** The moves of this process under way, one for each record. */
  readonly #moves = new Map<string, Promise<MoveResult>>()

  constructor({ cache, courtesyMs = defaultCourtesyMs, fallback, pause = randomPause, write }: MovingStores) {
    this.#write = write
    this.#fallback = fallback
    this.#cache = cache
    this.#pause = pause
    this.claims = new Claims({ from: fallback, to: write, cache, pause }, courtesyMs)
  }

  /**
   * Asks the new store; if it does not have the record, moves it there and asks again. The last answer for a record that neither
   * has is that of the old store: an update may still fill a vacant record there. Throws StorageError.
   */
  async find<T>(id: string, now: EpochMs, ask: Ask<T>, isMissing: (answer: T) => boolean): Promise<T> {
    let looks = 0
    for (let tries = 0; tries < mostTries; tries += 1) {
      const answer = await ask(this.#write)
      if (!isMissing(answer)) return answer
      const result = await this.#move(id, now)
      if (result === 'absent') looks += 1
      if (looks > mostLooks) return ask(this.#fallback)
      const there = result === 'absent' ? answer : await ask(result === 'moved' ? this.#write : this.#fallback)
      if (!isMissing(there)) return there
      await this.#pause(firstPause + tries)
    }
    const reason = `other nodes moved the record ${id} ${mostTries} times while it was looked for`
    throw new StorageError('STORAGE_UNAVAILABLE', { cache: this.#cache, operation: 'move', reason })
  }

  #move(id: string, now: EpochMs): Promise<MoveResult> {
    const present = this.#moves.get(id)
    if (present) return present
    const begun = move(this.claims.route, id, now).finally(() => this.#moves.delete(id))
    this.#moves.set(id, begun)
    return begun
  }
}
