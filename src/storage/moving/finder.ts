import type { Clock } from '../../support/clock.js'
import { type Pause, randomPause } from '../claim-rounds.js'
import type { EpochMs, LoadOptions, LoadResult } from '../contract.js'
import type { GuardedSpace } from '../guard/guarded-space.js'
import { StorageError } from '../storage-error.js'
import { Claims } from './claims.js'
import { type MoveResult, move } from './move.js'
import { Patience } from './patience.js'

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
 * How often a record that seems to be in neither store is looked for again: another node may have it. One that moves it has it for
 * milliseconds; one that has claimed it in a sweep, and stands still or has died, for a second (`sortingLeaseMs`).
 */
const mostLooks = 8
/** After so many looks, each pause is many: together longer than that second. */
const quickLooks = 4
const pausesOfLaterLooks = 6
/** The pauses begin with 2 to 4 ms, so that the other node has time; the longest take 32 to 64 ms. */
const firstPause = 2

type Ask<T> = (store: GuardedSpace) => Promise<T>

interface Sought {
  readonly id: string
  readonly now: EpochMs
  /** Of a visitor's secret. A record with another seal stays where it is. */
  readonly seal?: string | undefined
}

/** Finds records where they are, and moves those that are still in the old store. */
export class Finder {
  readonly claims: Claims
  readonly #write: GuardedSpace
  readonly #fallback: GuardedSpace
  readonly #cache: string
  readonly #pause: Pause
  readonly #clock: Clock
  readonly #patience = new Patience()
  /** The moves of this process under way, one for each record and seal. */
  readonly #moves = new Map<string, Promise<MoveResult>>()

  constructor(stores: MovingStores, clock: Clock) {
    const { cache, courtesyMs = defaultCourtesyMs, fallback, pause = randomPause, write } = stores
    this.#write = write
    this.#fallback = fallback
    this.#cache = cache
    this.#pause = pause
    this.#clock = clock
    this.claims = new Claims({ from: fallback, to: write, cache, pause }, courtesyMs)
  }

  /**
   * Asks the new store; if it does not have the record, moves it there and asks again. The last answer for a record that neither
   * has is that of the old store: an update may still fill a vacant record there. Only for a visit it waits as long as a sweep may have the
   * record. Throws StorageError.
   */
  async find<T>(sought: Sought, ask: Ask<T>, isMissing: (answer: T) => boolean, isVisit = true): Promise<T> {
    const { id, now } = sought
    const atMost = isVisit ? mostLooks : quickLooks
    let looks = 0
    for (let tries = 0; tries < mostTries; tries += 1) {
      const answer = await ask(this.#write)
      if (!isMissing(answer)) return answer
      // A record that has departed after the request began is on its way from a later time than that of the request.
      const result = await this.#move(tries === 0 ? sought : { ...sought, now: Math.max(now, this.#clock.now()) })
      if (result === 'absent') {
        looks += 1
        if (looks > atMost) {
          if (isVisit) this.#patience.end(id, now)
          return ask(this.#fallback)
        }
        if (!this.#patience.lasts(id, now)) return this.#askOnce(ask, isMissing)
      }
      const there = result === 'absent' ? answer : await ask(result === 'moved' ? this.#write : this.#fallback)
      if (!isMissing(there)) return there
      for (let pauses = looks > quickLooks ? pausesOfLaterLooks : 1; pauses > 0; pauses -= 1)
        await this.#pause(firstPause + tries)
    }
    const reason = `other nodes moved the record ${id} ${mostTries} times while it was looked for`
    throw new StorageError('STORAGE_UNAVAILABLE', { cache: this.#cache, operation: 'move', reason })
  }

  /**
   * Loads a record and leaves it where it is: for a load that is no visit. One that is in neither store is then sought as for a
   * visit, because it may be on its way, but not for as long.
   */
  async look(id: string, options: LoadOptions): Promise<LoadResult> {
    for (const store of [this.#write, this.#fallback]) {
      const found = await store.load(id, options)
      if (found.status !== 'missing') return found
    }
    const { now, seal } = options
    return this.find({ id, now, seal }, (store) => store.load(id, options), isAbsent, false)
  }

  /** For what a move has brought in, or taken back, since it was looked for. */
  async #askOnce<T>(ask: Ask<T>, isMissing: (answer: T) => boolean): Promise<T> {
    const answer = await ask(this.#write)
    return isMissing(answer) ? ask(this.#fallback) : answer
  }

  #move({ id, now, seal }: Sought): Promise<MoveResult> {
    const key = JSON.stringify([id, seal])
    const present = this.#moves.get(key)
    if (present) return present
    const begun = move(this.claims.route, id, now, seal).finally(() => this.#moves.delete(key))
    this.#moves.set(key, begun)
    return begun
  }
}

const isAbsent = ({ status }: LoadResult): boolean => status === 'missing'
