import { createCodec } from '../codec/create.js'
import type { CacheConfig, Config, ScopeConfig } from '../config/config.js'
import { type ConfigInput, loadConfig } from '../config/load.js'
import { isSealing } from '../drivers/definition.js'
import { lackOf } from '../drivers/lack.js'
import { builtInDrivers } from '../drivers/registry.js'
import { ScopesError } from '../errors/scopes-error.js'
import { InFlight } from '../scopes/in-flight.js'
import { versionMaker } from '../scopes/record/version.js'
import { Directory } from '../scopes/request/directory.js'
import { Scope } from '../scopes/scope.js'
import type { ScopeKind } from '../scopes/settings.js'
import { Cache, type NamedCache } from '../storage/caches/cache.js'
import { StorageError } from '../storage/storage-error.js'
import type { Clock } from '../support/clock.js'
import { silentLogger } from '../support/logger.js'
import { systemClock } from '../support/steady-clock.js'
import { cacheNamed } from './object-caches.js'
import { makeCache, scopesIn } from './open-caches.js'
import { storageOf } from './scope-storage.js'

export interface StoresOptions {
  /** The variables that `${NAME}` in the configuration refers to. Default: process.env. */
  readonly env?: NodeJS.ProcessEnv
  readonly clock?: Clock
}

/**
 * The stores of a configuration, for a process that is no node: an operator's command. It loads no application, runs no
 * handler, claims and deletes no record, and creates nothing in a store. Each cache is opened when it is first asked for.
 * Classes that applications register in code are unknown here, so their values cannot be decoded.
 */
export class Stores {
  readonly config: Config
  readonly #clock: Clock
  readonly #opened = new Map<string, Promise<NamedCache>>()
  readonly #codec = createCodec()

  private constructor(config: Config, clock: Clock) {
    this.config = config
    this.#clock = clock
  }

  /** Reads a configuration, also one whose applications are given in code or are not on this machine. Opens nothing yet. Throws ConfigError. */
  static async of(source: string | ConfigInput, { clock = systemClock, env }: StoresOptions = {}): Promise<Stores> {
    const options = { drivers: builtInDrivers, mayBeInCode: true, loadsNoModule: true, ...(env && { env }) }
    return new Stores(await loadConfig(source, options), clock)
  }

  /** Opens a cache. After a failure the next call tries again. Throws CACHE_UNKNOWN, STORAGE_OUT_OF_SIGHT and other StorageErrors. */
  cache(name: string): Promise<NamedCache> {
    const opened = this.#opened.get(name) ?? this.#open(name)
    this.#opened.set(name, opened)
    opened.catch(() => this.#opened.delete(name))
    return opened
  }

  /**
   * All sessions, or all clients, of an application. What it ends, the nodes then claim, and one of them runs the end handler.
   * Throws APPLICATION_UNKNOWN, SCOPE_NOT_DECLARED, SCOPE_SEALED, STORAGE_UNPREPARED if no node has used this scope, and what
   * `cache` throws.
   */
  async directory(application: string, kind: ScopeKind): Promise<Directory<Readonly<Record<string, unknown>>>> {
    const settings = this.#scopeOf(application, kind)
    const cache = await this.cache(settings.storage)
    if (!(cache instanceof Cache))
      throw new ScopesError('SCOPE_SEALED', { scope: kind, application, operation: 'This command' })
    await cache.checkUsed({ application, scope: kind })
    const caches = [cache, ...(settings.fallback === undefined ? [] : [await this.cache(settings.fallback)])]
    const named = new Map(caches.map((one) => [one.name, one]))
    const storage = storageOf(this.config, named, this.#clock, { isVisit: true })(application, kind, settings)
    // Never started, so it has no reaper. With `cluster: true` it holds no record in memory, whatever the nodes do.
    return new Directory(
      new Scope({
        ...storage,
        application,
        kind,
        settings: { ...settings, cluster: true },
        codec: this.#codec,
        log: silentLogger,
        emit: () => {},
        inFlight: new InFlight(),
        keepsEmpty: true,
        newVersion: versionMaker(),
      }),
    )
  }

  /** Why an open cache has nothing to show of scopes that are stored in it: no node has used it for them yet. */
  async lacksOf(cache: NamedCache): Promise<readonly StorageError[]> {
    if (!(cache instanceof Cache)) return []
    const checks = scopesIn(this.config, cache.name).map((stored) => lackOf(cache.checkUsed(stored)))
    return (await Promise.all(checks)).filter((lack) => lack !== undefined)
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#opened.values())
    await Promise.all(opened.map((cache) => (cache.status === 'fulfilled' ? cache.value.close() : undefined)))
  }

  async #open(name: string): Promise<NamedCache> {
    const found = cacheNamed(this.config.caches, name)
    checkInSight(found)
    const surroundings = { clock: this.#clock, log: silentLogger, onEvicted: () => {}, isVisit: true }
    const cache = await makeCache(found, this.config, surroundings)
    if (cache instanceof Cache) await cache.visit()
    return cache
  }

  #scopeOf(application: string, kind: ScopeKind): ScopeConfig {
    const { applications } = this.config
    const found = applications.get(application)
    if (!found) throw new ScopesError('APPLICATION_UNKNOWN', { name: application, known: [...applications.keys()] })
    const settings = found[kind]
    if (!settings) throw new ScopesError('SCOPE_NOT_DECLARED', { scope: kind, application })
    return settings
  }
}

/** Throws STORAGE_OUT_OF_SIGHT for a cache in the memory of its process: opened here, it would show that nobody is logged in. */
function checkInSight({ driver, name, options }: CacheConfig): void {
  if (isSealing(driver) || driver.capabilities(options).reach !== 'process') return
  throw new StorageError('STORAGE_OUT_OF_SIGHT', { cache: name, driver: driver.name })
}
