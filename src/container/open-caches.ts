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
  /** The process is no node: see DriverEnvironment. Default: false. */
  readonly isVisit?: boolean
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

async function openCache(cache: CacheConfig, config: Config, surroundings: CacheSurroundings): Promise<NamedCache> {
  const made = await makeCache(cache, config, surroundings)
  if (made instanceof Cache) await made.open()
  return made
}

/** A cache that is not open yet. */
export async function makeCache(
  { name, driver: definition, options, deadlineMs, encrypt }: CacheConfig,
  config: Config,
  { clock, isVisit = false, log, onEvicted }: CacheSurroundings,
): Promise<Cache | SealedCache> {
  if (isSealing(definition)) {
    const { cookies, keys, revocations = 'none' } = definition.sealing(options)
    return new SealedCache(name, definition.name, { keys: keys.length, cookies, revocations })
  }
  const environment: DriverEnvironment = {
    cache: name,
    directory: config.directory,
    deployment: deploymentOf(config),
    isVisit,
    onEvicted: (evicted) => onEvicted({ cache: name, ...evicted }),
  }
  const bare = await definition.create(options, environment)
  const driver = encrypt ? new SealingDriver(bare, encrypt, { isVisit }) : bare
  const scopes = scopesIn(config, name)
  return new Cache({ name, driverName: definition.name, driver, deadlineMs, scopes, clock, log })
}

/** The environment, and the host of each application: staging has other ones than production. */
function deploymentOf({ server: { environment }, applications }: Config): Readonly<Record<string, string>> {
  const hosts = [...applications.values()].flatMap(({ name, host }) =>
    host === undefined ? [] : [[`host for the application ${name}`, host]],
  )
  return Object.fromEntries([...(environment === undefined ? [] : [['environment', environment]]), ...hosts])
}

/** The scopes stored in a cache. */
export function scopesIn({ applications }: Config, cache: string): StoredScope[] {
  return [...applications.values()].flatMap((application) =>
    (['session', 'client'] as const)
      .filter((scope) => application[scope]?.storage === cache || application[scope]?.fallback === cache)
      .map((scope) => ({ application: application.name, scope })),
  )
}
