import type { DriverEnvironment } from '../drivers/definition.js'
import type { OpenCache } from '../storage/caches.js'
import { GuardedDriver } from '../storage/guarded-driver.js'
import type { Clock } from '../support/clock.js'
import type { CacheConfig, Config } from './config.js'

export interface CacheSurroundings {
  readonly clock: Clock
  readonly onEvicted: (evicted: { readonly cache: string; readonly space: string; readonly id: string }) => void
}

/** Opens every cache of a configuration, or none. Throws StorageError. */
export async function openCaches(config: Config, surroundings: CacheSurroundings): Promise<Map<string, OpenCache>> {
  const caches = new Map<string, OpenCache>()
  try {
    for (const cache of config.caches.values())
      caches.set(cache.name, await openCache(cache, config.directory, surroundings))
    return caches
  } catch (error) {
    await closeCaches(caches.values())
    throw error
  }
}

export async function closeCaches(caches: Iterable<OpenCache>): Promise<void> {
  await Promise.all([...caches].map(({ driver }) => driver.close()))
}

async function openCache(
  { name: cache, driver: definition, options, deadlineMs }: CacheConfig,
  directory: string,
  { clock, onEvicted }: CacheSurroundings,
): Promise<OpenCache> {
  const environment: DriverEnvironment = {
    cache,
    directory,
    onEvicted: (evicted) => onEvicted({ cache, ...evicted }),
  }
  const driver = new GuardedDriver(await definition.create(options, environment), { cache, clock, deadlineMs })
  await driver.open()
  return { name: cache, driverName: definition.name, driver }
}
