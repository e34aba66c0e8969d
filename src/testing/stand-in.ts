import type { CacheConfig } from '../config/config.js'
import { type DriverDefinition, isSealing } from '../drivers/definition.js'
import { MemoryDriver } from '../drivers/memory/driver.js'
import { memory } from '../drivers/memory/index.js'
import type { Capabilities } from '../storage/contract.js'

/**
 * The memory that takes the place of stores which several nodes share, one for each cache. It outlives the containers that open it, so
 * a node that starts again finds what was stored.
 */
export class StandIns {
  readonly #drivers = new Map<string, MemoryDriver>()

  /** The cache with memory in place of its store. Memory that belongs to one process, and sealed cookies, stay what they are. */
  standInFor(cache: CacheConfig): CacheConfig {
    const { driver, name, options } = cache
    if (isSealing(driver)) return cache
    const { reach } = driver.capabilities(options)
    return reach === 'process' ? cache : { ...cache, driver: this.#definition(name, driver.name, reach), options: {} }
  }

  #definition(cache: string, name: string, reach: Capabilities['reach']): DriverDefinition {
    // Asked at each request, so that every node sees at once what another has done.
    const capabilities = { ...memory.capabilities(memory.options.parse({})), durable: true, localReads: true, reach }
    const create = async () => this.#driverOf(cache, capabilities)
    return { name, options: memory.options, capabilities: () => capabilities, create }
  }

  #driverOf(cache: string, capabilities: Capabilities): MemoryDriver {
    const options = memory.options.parse({ maxEntries: Number.MAX_SAFE_INTEGER })
    const environment = { cache, directory: '.', onEvicted() {} }
    const driver = this.#drivers.get(cache) ?? new LastingMemory(capabilities, options, environment)
    this.#drivers.set(cache, driver)
    return driver
  }
}

class LastingMemory extends MemoryDriver {
  override async close(): Promise<void> {}
}
