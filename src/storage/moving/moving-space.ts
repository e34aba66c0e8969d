import type { Clock } from '../../support/clock.js'
import { randomPause } from '../claim-rounds.js'
import type { CallOptions, RecordUpdate, SaveResult, Space } from '../contract.js'
import type { GuardedSpace } from '../guard/guarded-space.js'
import { Finder, type MovingStores } from './finder.js'
import { Listings } from './listings.js'
import { type Watched, watchBoth } from './notices.js'

/*
 * A scope that changes its store while visitors use it. `move.ts` moves one record; `finder.ts` finds records where they are;
 * `claims.ts`, `listings.ts` and `notices.ts` make one of what both stores say.
 */

/** How often a record that has left the old store is looked for in the new one; together the pauses take about 50 ms. */
const mostLooks = 3
const firstPause = 3

/**
 * The records of two stores as one space. A record moves from `fallback` to `write` at a visit, a change or a lock: each is live in
 * one of them at a time. Locks exist if both stores have them, notices if both have them, and a count is approximate.
 */
export function movingSpace(stores: MovingStores, clock: Clock): GuardedSpace {
  const { fallback, pause = randomPause, write } = stores
  const finder = new Finder(stores, clock)
  const { claims } = finder
  const listings = new Listings(write, fallback, (from, now) => claims.finishMoves(from, now))
  const visit: Space['load'] = (id, options) => {
    const { now, seal } = options
    return finder.find({ id, now, seal }, (store) => store.load(id, options), isMissing)
  }
  /** A load with neither seal nor touch is no visit: an admin's look, or this node's own. */
  const load: Space['load'] = (id, options) =>
    options.seal === undefined && options.touch === undefined ? finder.look(id, options) : visit(id, options)

  /** For notices of ends. Most are of records on their way, which arrive in a moment: the node that moves them is not disturbed. */
  async function isLive(id: string): Promise<boolean> {
    const isIn = async (look: Space['load']) => (await look(id, { now: clock.now() })).status === 'loaded'
    for (let looks = 0; looks < mostLooks; looks += 1) {
      if (await isIn((one, options) => write.load(one, options))) return true
      await pause(firstPause + looks)
    }
    return isIn(load)
  }

  async function update(change: RecordUpdate, options: CallOptions): Promise<SaveResult> {
    // An end whose answer is lost counts as applied if the record is missing then, so the store must have it before.
    if (change.ending !== undefined) await visit(change.id, { now: options.now })
    return finder.find({ id: change.id, now: options.now }, (store) => store.save(change, options), isMissing)
  }

  return {
    matches: (id, look) => write.matches?.(id, look) ?? false,
    load,
    save: (change, options) => (change.mode === 'create' ? write.save(change, options) : update(change, options)),
    list: (query) => listings.page(query),
    async count(options) {
      const old = await fallback.count(options)
      return old + (await write.count(options))
    },
    claimExpired: (options) => claims.claim(options),
    renew: (held, options) => claims.renew(held, options),
    settle: (held, options) => claims.settle(held, options),
    ...(isLocking(write) && isLocking(fallback) && locksOf(finder, write, fallback)),
    ...(isWatched(write) &&
      isWatched(fallback) && { watch: (listener) => watchBoth([write, fallback], listener, isLive) }),
  }
}

type Locks = Required<Pick<Space, 'lock' | 'unlock'>>
type Locking = GuardedSpace & Locks

const locksOf = (finder: Finder, write: Locking, fallback: Locking): Locks => ({
  lock: (id, options) =>
    finder.find(
      { id, now: options.now },
      (store) => (store === write ? write : fallback).lock(id, options),
      (result) => result === 'missing',
    ),
  unlock: async (id, options) => (await write.unlock(id, options)) || fallback.unlock(id, options),
})

const isLocking = (space: GuardedSpace): space is Locking => space.lock !== undefined && space.unlock !== undefined
const isWatched = (space: GuardedSpace): space is GuardedSpace & Watched => space.watch !== undefined

const isMissing = ({ status }: { readonly status: string }): boolean => status === 'missing'
