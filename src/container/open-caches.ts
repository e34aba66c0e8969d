import type { CacheConfig, Config } from '../config/config.js'
import { type DriverEnvironment, isSealing } from '../drivers/definition.js'
import { Cache, type NamedCache, type StoredScope } from '../storage/caches/cache.js'
import { SealedCache } from '../storage/caches/sealed-cache.js'
import { SealingDriver } from '../storage/sealing/sealing-driver.js'
import type { Clock } from '../support/clock.js'
import type { Logger } from '../support/logger.js'

export interface CacheSurroundings {
  readonly clock: Clock
  readonly log: Logger
  readonly onEvicted: (evicted: { readonly cache: string; readonly space: string; readonly id: string }) => void
}

/** Opens every cache of a configuration. If one fails, closes the others and throws StorageError. */
export async function openCaches(config: Config, surroundings: CacheSurroundings): Promise<Map<string, NamedCache>> {
  const caches = new Map<string, NamedCache>()
  try {
    for (const cache of config.caches.values()) caches.set(cache.name, await openCache(cache, config, surroundings))
    return caches
  } catch (error) {
    await closeCaches(caches.values())
    throw error
  }
}

export async function closeCaches(caches: Iterable<Pick<NamedCache, 'close'>>): Promise<void> {
  await Promise.all([...caches].map((cache) => cache.close()))
}

async function openCache(
  { name, driver: definition, options, deadlineMs, encrypt }: CacheConfig,
  config: Config,
  { clock, log, onEvicted }: CacheSurroundings,
): Promise<NamedCache> {
  if (isSealing(definition)) {
    const { cookies, keys, revocations = 'none' } = definition.sealing(options)
    return new SealedCache(name, definition.name, { keys: keys.length, cookies, revocations })
  }
  const environment: DriverEnvironment = {
    cache: name,
    directory: config.directory,
    deployment: deploymentOf(config),
    onEvicted: (evicted) => onEvicted({ cache: name, ...evicted }),
  }
  const bare = await definition.create(options, environment)
  const driver = encrypt ? new SealingDriver(bare, encrypt) : bare
  const scopes = scopesIn(config, name)
  const cache = new Cache({ name, driverName: definition.name, driver, deadlineMs, scopes, clock, log })
  await cache.open()
  return cache
}

/** The environment, and the host of each application: staging has other ones than production. */
function deploymentOf({ server: { environment }, applications }: Config): Readonly<Record<string, string>> {
  const hosts = [...applications.values()].flatMap(({ name, host }) =>
    host === undefined ? [] : [[`host for the application ${name}`, host]],
  )
  return Object.fromEntries([...(environment === undefined ? [] : [['environment', environment]]), ...hosts])
}

function scopesIn({ applications }: Config, cache: string): StoredScope[] {
  return [...applications.values()].flatMap((application) =>
    (['session', 'client'] as const)
      .filter((scope) => application[scope]?.storage === cache)
      .map((scope) => ({ application: application.name, scope })),
  )
}
