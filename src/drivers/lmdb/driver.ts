import { resolve } from 'node:path'
import type { Capabilities, Driver, DriverHealth, ObjectSpace, Space } from '../../storage/contract.js'
import type { DriverEnvironment } from '../definition.js'
import { risksOf } from '../embedded/rights.js'
import { EmbeddedSpace } from '../embedded/space.js'
import { LmdbObjects } from './objects.js'
import type { LmdbOptions } from './options.js'
import { LmdbStore } from './store.js'
import { bytesInUse } from './tables.js'
import { LmdbTransactions } from './transactions.js'

/** The share of `maxBytes` from which health warns. */
const nearlyFull = 0.9

export class LmdbDriver implements Driver {
  readonly capabilities: Capabilities
  readonly #options: LmdbOptions
  readonly #store: LmdbStore

  constructor(capabilities: Capabilities, options: LmdbOptions, environment: DriverEnvironment) {
    this.capabilities = capabilities
    this.#options = options
    this.#store = new LmdbStore(resolve(environment.directory, options.path), options, environment)
  }

  open(): Promise<void> {
    return this.#store.open()
  }

  space(name: string): Space {
    return new EmbeddedSpace(new LmdbTransactions(name, this.#store))
  }

  objects(name: string): ObjectSpace {
    return new LmdbObjects(name, this.#store)
  }

  async health(): Promise<DriverHealth> {
    const { maxBytes, durability } = this.#options
    await this.#store.verifyPlace()
    const bytes = await this.#store.read('health', bytesInUse)
    const full = maxBytes !== undefined && bytes >= maxBytes * nearlyFull
    const fullness = full ? [`${bytes} of ${maxBytes} bytes are in use: raise maxBytes.`] : []
    const warnings = [...risksOf(this.#store.path, this.#store.files), ...fullness]
    return { warnings, details: { path: this.#store.path, bytes, durability } }
  }

  close(): Promise<void> {
    return this.#store.close()
  }
}
