import { realpathSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { CallOptions, Capabilities, Driver, DriverHealth, ObjectSpace, Space } from '../../storage/contract.js'
import type { DriverEnvironment } from '../definition.js'
import { risksOf } from '../embedded/rights.js'
import { EmbeddedSpace } from '../embedded/space.js'
import type { Client } from './client.js'
import { bytesInUse } from './limit.js'
import { placeWarnings } from './network-file-system.js'
import { SqliteObjects } from './objects.js'
import { filesOf } from './open-file.js'
import type { SqliteOptions } from './options.js'
import { schemaVersion } from './schema.js'
import { SqliteStore } from './store.js'
import { SqliteTransactions } from './transactions.js'

/** The share of `maxBytes` from which health warns. */
const nearlyFull = 0.9

export class SqliteDriver implements Driver {
  readonly capabilities: Capabilities
  readonly #options: SqliteOptions
  readonly #store: SqliteStore

  constructor(capabilities: Capabilities, options: SqliteOptions, client: Client, environment: DriverEnvironment) {
    this.capabilities = capabilities
    this.#options = options
    this.#store = new SqliteStore(client, resolve(environment.directory, options.path), options, environment)
  }

  open(): Promise<void> {
    return this.#store.open()
  }

  async prepare(names: readonly string[]): Promise<void> {
    for (const name of names) await this.#store.addSpace({ operation: 'prepare' }, name)
  }

  space(name: string): Space {
    return new EmbeddedSpace(new SqliteTransactions(name, this.#store))
  }

  objects(name: string): ObjectSpace {
    return new SqliteObjects(name, this.#store)
  }

  async health(options: CallOptions): Promise<DriverHealth> {
    const call = { operation: 'health', options }
    const { maxBytes, durability } = this.#options
    const { path } = this.#store
    this.#store.verifyPlace(call)
    const { bytes, version } = await this.#store.readFile(call, ({ database, statements }) => ({
      bytes: bytesInUse(statements),
      version: String(database.prepare('select sqlite_version()').get([])?.[0]),
    }))
    const full = maxBytes !== undefined && bytes >= maxBytes * nearlyFull
    const fullness = full ? [`${bytes} of ${maxBytes} bytes are in use: raise maxBytes.`] : []
    const warnings = [
      ...risksOf(dirname(path), filesOf(path)),
      ...placeWarnings(dirname(realpathSync(path))),
      ...fullness,
    ]
    const logBytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0
    return { warnings, details: { path, bytes, logBytes, durability, version, schemaVersion } }
  }

  close(): Promise<void> {
    return this.#store.close()
  }
}
