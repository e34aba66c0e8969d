import type { Config, ScopeConfig } from '../config/config.js'
import { isSealing } from '../drivers/definition.js'
import { ScopesError } from '../errors/scopes-error.js'
import { mostLettersIn, roomIn } from '../http/sealed-cookie.js'
import type { ScopeStorage, Sealing } from '../scopes/environment.js'
import type { ScopeKind } from '../scopes/settings.js'
import { Cache, type NamedCache } from '../storage/caches/cache.js'
import type { ObjectSpace, SpaceOptions } from '../storage/contract.js'
import { movingSpace } from '../storage/moving/moving-space.js'
import { readingSpace } from '../storage/moving/reading-space.js'
import { unsealedSpace } from '../storage/sealing/unsealed-space.js'
import type { Clock } from '../support/clock.js'
import { cacheNamed } from './object-caches.js'

/** What a scope whose records are sealed gets in place of a store. */
export interface SealedStorage {
  readonly clock: Clock
  readonly sealing: Sealing
}

/** Where the objects of a cache are that revoke sealed records, apart from those of applications, which may clear theirs. */
const revocationSpace = 'revocations'

/** Where the records of a scope are: in the space of a store, or sealed in cookies. A visit moves no records: see DriverEnvironment. */
export function storageOf(
  { caches: configs }: Config,
  caches: ReadonlyMap<string, NamedCache>,
  clock: Clock,
  { isVisit = false }: { readonly isVisit?: boolean } = {},
): (application: string, kind: ScopeKind, config: ScopeConfig) => ScopeStorage | SealedStorage {
  return (application, kind, config) => {
    const cache = cacheNamed(caches, config.storage)
    const isSealed = (name: string) => configs.get(name)?.encrypt !== undefined
    if (cache instanceof Cache)
      return storedIn({ cache, fallback: fallbackOf(config, caches), isVisit, isSealed }, application, kind, config)
    const { driver, options } = configs.get(config.storage) ?? {}
    if (!driver || !isSealing(driver)) throw new TypeError(`The cache ${config.storage} can hold no scopes`)
    const { cookies, keys, revocations } = driver.sealing(options)
    const objects = revocations === undefined ? undefined : objectsIn(cacheNamed(caches, revocations))
    const room = roomIn(config.cookie)
    const sealing = {
      keys,
      cookie: config.cookie.name,
      mostLetters: mostLettersIn(room, cookies),
      ...(cookies === 1 && { mostLettersInTwo: mostLettersIn(room, 2) }),
      ...(objects && { revocations: objects }),
    }
    return { clock, sealing }
  }
}

/** Throws CACHE_WITHOUT_OBJECTS: a driver that lacks what it declares must not leave a scope without its revocations. */
function objectsIn(cache: NamedCache): ObjectSpace {
  const objects = cache.objects(revocationSpace)
  if (!objects) throw new ScopesError('CACHE_WITHOUT_OBJECTS', { cache: cache.name, driver: cache.driverName })
  return objects
}

/** The cache from which the records of a scope move; undefined if they do not. */
function fallbackOf({ fallback }: ScopeConfig, caches: ReadonlyMap<string, NamedCache>): Cache | undefined {
  const cache = fallback === undefined ? undefined : cacheNamed(caches, fallback)
  if (cache === undefined || cache instanceof Cache) return cache
  throw new TypeError(`The cache ${cache.name} can hold no scopes`)
}

interface Placement {
  readonly cache: Cache
  readonly fallback: Cache | undefined
  readonly isVisit: boolean
  /** Whether the cache of this name seals its values. */
  readonly isSealed: (name: string) => boolean
}

/** Memory-first, a node must learn of every change of others; with `cluster: true` it asks at each request. */
export const spaceOptionsOf = ({ cluster, endGraceMs }: ScopeConfig): SpaceOptions => ({
  endGraceMs,
  notices: cluster ? 'ends' : 'all',
})

/** A space, the store's clock, and the store's availability. While records move: of both stores, and those of the new one. */
function storedIn(
  { cache, fallback, isSealed, isVisit }: Placement,
  application: string,
  kind: ScopeKind,
  config: ScopeConfig,
): ScopeStorage {
  const { availability, clock } = cache
  const options = spaceOptionsOf(config)
  const spaceOf = (one: Cache) => one.space({ application, scope: kind }, options)
  const carryingSpaceOf = (one: Cache) => (isSealed(one.name) ? spaceOf(one) : unsealedSpace(spaceOf(one)))
  if (!fallback) return { space: spaceOf(cache), clock, availability, asksEachRequest: cache.asksEachRequest }
  const [write, old] = [carryingSpaceOf(cache), carryingSpaceOf(fallback)]
  const space = isVisit ? readingSpace(write, old) : movingSpace({ write, fallback: old, cache: cache.name }, clock)
  // Without notices of both stores, what other nodes do is learned by asking.
  const asksEachRequest = cache.asksEachRequest || fallback.asksEachRequest || space.watch === undefined
  return { space, clock, availability, asksEachRequest }
}
