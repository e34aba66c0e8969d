import type { Codec } from '../codec/codec.js'
import { ScopesError } from '../errors/scopes-error.js'
import type { NamedCache } from '../storage/caches/cache.js'
import { ObjectCache } from '../storage/caches/object-cache.js'
import type { Clock } from '../support/clock.js'

/** The caches of a container as object caches, one for each name, so that parallel loads of one key find each other. */
export class ObjectCaches {
  readonly #caches: ReadonlyMap<string, NamedCache>
  readonly #codec: Codec
  readonly #clock: Clock
  readonly #made = new Map<string, ObjectCache>()

  constructor(caches: ReadonlyMap<string, NamedCache>, codec: Codec, clock: Clock) {
    this.#caches = caches
    this.#codec = codec
    this.#clock = clock
  }

  /** Throws CACHE_UNKNOWN, CACHE_WITHOUT_OBJECTS. */
  named(name: string): ObjectCache {
    const made = this.#made.get(name) ?? this.#make(name)
    this.#made.set(name, made)
    return made
  }

  #make(name: string): ObjectCache {
    const cache = cacheNamed(this.#caches, name)
    const objects = cache.objects()
    if (!objects) throw new ScopesError('CACHE_WITHOUT_OBJECTS', { cache: name, driver: cache.driverName })
    return new ObjectCache(objects, this.#codec, this.#clock)
  }
}

/** Throws CACHE_UNKNOWN. */
export function cacheNamed<Named>(caches: ReadonlyMap<string, Named>, name: string): Named {
  const cache = caches.get(name)
  if (!cache) throw new ScopesError('CACHE_UNKNOWN', { cache: name, known: [...caches.keys()] })
  return cache
}
