import type { Scope } from '../../scopes/scope.js'
import { Cache, type NamedCache } from '../../storage/caches/cache.js'
import type { Countable } from './record-counts.js'

/** A cache as its metrics see it, without asking its store. */
export interface WatchedCache {
  readonly name: string
  readonly isAvailable: boolean
  readonly outages: number
  readonly failures: number
}

/** A scope as its metrics see it, without asking its store. */
export interface WatchedScope {
  readonly application: string
  readonly scope: string
  readonly unsaved: number
  readonly refused: number
  readonly unknown: number
}

/** Nothing of a cache without a store can fail. */
export function watchedCache(cache: NamedCache): WatchedCache {
  const { name } = cache
  if (!(cache instanceof Cache)) return { name, isAvailable: true, outages: 0, failures: 0 }
  const { availability } = cache
  return {
    name,
    get isAvailable() {
      return availability.unavailableSince === undefined
    },
    get outages() {
      return availability.outages
    },
    get failures() {
      return availability.failures
    },
  }
}

export const watchedScope = ({ environment, kind, refusals, strategy }: Scope): WatchedScope => ({
  application: environment.application,
  scope: kind,
  get unsaved() {
    return strategy.backlog?.unsaved ?? 0
  },
  get refused() {
    return refusals.refused
  },
  get unknown() {
    return refusals.unknown
  },
})

/** undefined if the visitors keep the records of the scope, so that they cannot be counted. */
export function countable(scope: Scope): Countable | undefined {
  if (scope.strategy.sealed) return undefined
  const { application, availability, clock, space } = scope.storedFor('count()')
  return {
    application,
    scope: scope.kind,
    isAvailable: () => availability.unavailableSince === undefined,
    count: () => space.count({ now: clock.now() }),
  }
}
