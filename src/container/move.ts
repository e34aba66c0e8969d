import type { CacheConfig, Config, ScopeConfig } from '../config/config.js'
import { isSealing } from '../drivers/definition.js'
import { ScopesError } from '../errors/scopes-error.js'
import type { ScopeKind } from '../scopes/settings.js'
import { Cache, type NamedCache, type StoredScope } from '../storage/caches/cache.js'
import type { Space } from '../storage/contract.js'
import { MoveAll, type MoveProgress, type MoveReport } from '../storage/moving/move-all.js'
import { unsealedSpace } from '../storage/sealing/unsealed-space.js'
import type { Clock } from '../support/clock.js'
import { silentLogger } from '../support/logger.js'
import { systemClock } from '../support/steady-clock.js'
import { cacheNamed } from './object-caches.js'
import { type CacheSurroundings, closeCaches, makeCache, openCaches } from './open-caches.js'
import { spaceOptionsOf } from './scope-storage.js'

export interface MovePlan {
  readonly application: string
  readonly scope: ScopeKind
  /** The names of two caches. */
  readonly from: string
  readonly to: string
  /** The most records a second. Absent: as fast as the stores are. */
  readonly limitRate?: number
  /** Counts, and moves nothing. */
  readonly isDryRun?: boolean
  /** No node runs, so that the configuration need not name both caches for the scope. */
  readonly isOffline?: boolean
  /** Compares a sample of a thousand records. Default: true. */
  readonly verifies?: boolean
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: MoveProgress) => void
}

type Surroundings = Omit<CacheSurroundings, 'isVisit'>

/**
 * Moves the live records of one scope from one cache to another, in a process that is no node: it loads no application and
 * runs no handler. Throws APPLICATION_UNKNOWN, CACHE_UNKNOWN, MOVE_IMPOSSIBLE, STORAGE_UNPREPARED for an old store that no node has
 * used, and other StorageErrors.
 */
export async function moveRecords(config: Config, plan: MovePlan): Promise<MoveReport> {
  for (const name of [plan.from, plan.to]) checkStore(storeIn(config, name), plan)
  const settings = settingsOf(config, plan)
  const { application, limitRate, onProgress, scope, signal, verifies = true } = plan
  const spaceOptions = spaceOptionsOf(settings)
  const its = moving(config, plan, settings)
  const surroundings = { clock: systemClock, log: silentLogger, onEvicted() {} }
  const caches: Cache[] = []
  try {
    const old = await source(its, { application, scope }, plan.from, surroundings)
    caches.push(old)
    const from = old.space({ application, scope }, spaceOptions)
    if (plan.isDryRun) return await counted(from, old.clock)
    const opened = await openCaches({ ...its, caches: new Map([[plan.to, storeIn(its, plan.to)]]) }, surroundings)
    const to = storeNamed(opened, plan.to)
    caches.push(to)
    const space = to.space({ application, scope }, spaceOptions)
    return await new MoveAll({
      from,
      to: storeIn(its, plan.to).encrypt ? space : unsealedSpace(space),
      cache: to.name,
      clock: to.clock,
      verifies,
      ...(limitRate !== undefined && { limitRate }),
      ...(signal && { signal }),
      ...(onProgress && { onProgress }),
    }).run()
  } finally {
    await closeCaches(caches)
  }
}

/** Opens the old store as a visit, which creates nothing. Throws STORAGE_UNPREPARED if no node has used it for this scope. */
async function source(config: Config, stored: StoredScope, name: string, surroundings: Surroundings): Promise<Cache> {
  const made = await makeCache(storeIn(config, name), config, { ...surroundings, isVisit: true })
  const cache = storeNamed(new Map([[name, made]]), name)
  await cache.visit()
  try {
    await cache.checkUsed(stored)
    return cache
  } catch (error) {
    await cache.close()
    throw error
  }
}

async function counted(space: Space, clock: Clock): Promise<MoveReport> {
  const total = await space.count({ now: clock.now() })
  return { moved: 0, gone: 0, held: 0, waiting: 0, total, left: total, isInterrupted: false }
}

/** Throws MOVE_IMPOSSIBLE unless the nodes know both caches and write to the one where the records go, so that they stay there. */
function settingsOf({ applications }: Config, { application, from, isOffline, scope, to }: MovePlan): ScopeConfig {
  const found = applications.get(application)
  if (!found) throw new ScopesError('APPLICATION_UNKNOWN', { name: application, known: [...applications.keys()] })
  const settings = found[scope]
  if (!settings) throw impossible(from, to, `the application ${application} declares no ${scope}`)
  if (isOffline || (settings.storage === to && settings.fallback === from)) return settings
  throw impossible(
    from,
    to,
    settings.storage === from
      ? `nodes with this configuration write to ${from}, so they would take the records back`
      : `nodes with this configuration do not look for a ${scope} in both`,
    `Deploy storage: { write: ${to}, fallback: ${from} } on every node first; or, if no node runs, add --offline.`,
  )
}

function checkStore({ driver, name, options, storage }: CacheConfig, { from, to }: MovePlan): void {
  if (from === to) throw impossible(from, to, 'they are the same cache')
  if (isSealing(driver)) throw impossible(from, to, `the records of ${name} are in the cookies of their visitors`)
  if (!storage) throw impossible(from, to, `${name} may not hold scopes`)
  if (driver.capabilities(options).reach === 'process')
    throw impossible(from, to, `${name} is in the memory of its process, which no other one can reach`)
}

const impossible = (
  from: string,
  to: string,
  reason: string,
  remedy = 'Name two caches with storage: true whose stores other processes can reach.',
) => new ScopesError('MOVE_IMPOSSIBLE', { from, to, reason, remedy })

/**
 * The configuration of this scope alone, with its two caches. Without environment and host, which a store would note as those of the
 * deployment that uses it.
 */
function moving(config: Config, { application, from, scope, to }: MovePlan, settings: ScopeConfig): Config {
  const found = config.applications.get(application)
  const { client, session, host, ...rest } = found ?? {
    name: application,
    mount: '/',
    scopeless: [],
    application: { timeoutMs: null },
  }
  const { environment, ...server } = config.server
  const its = { ...rest, [scope]: { ...settings, storage: to, fallback: from } }
  return {
    ...config,
    server,
    applications: new Map([[application, its]]),
    caches: new Map([from, to].map((name) => [name, storeIn(config, name)])),
  }
}

/** Throws CACHE_UNKNOWN. */
function storeIn({ caches }: Config, name: string): CacheConfig {
  const cache = caches.get(name)
  if (!cache) throw new ScopesError('CACHE_UNKNOWN', { cache: name, known: [...caches.keys()] })
  return cache
}

function storeNamed(caches: ReadonlyMap<string, NamedCache>, name: string): Cache {
  const cache = cacheNamed(caches, name)
  if (cache instanceof Cache) return cache
  throw new TypeError(`The cache ${name} has no store`)
}
