import type { CallOptions, Capabilities, Driver, DriverHealth, ObjectSpace, Space } from '../../storage/contract.js'
import { callOf } from '../network/call.js'
import { tlsWarnings } from '../network/tls.js'
import type { Connector } from './connector.js'
import { Database } from './database.js'
import { storageFailure } from './failure.js'
import { detailsOf, warningsOf } from './health.js'
import { Lines } from './lines.js'
import { MariadbObjects } from './objects.js'
import type { MariadbOptions } from './options.js'
import { ensureSchema } from './schema.js'
import { settingsOf } from './settings.js'
import { MariadbSpace } from './space.js'
import { SpaceNumbers } from './spaces.js'
import { statementOf } from './statements.js'

interface Opened {
  readonly database: Database
  readonly numbers: SpaceNumbers
}

export class MariadbDriver implements Driver {
  readonly capabilities: Capabilities
  readonly #options: MariadbOptions
  readonly #connector: Connector
  readonly #cache: string
  #present: Opened | undefined

  constructor(capabilities: Capabilities, options: MariadbOptions, connector: Connector, cache: string) {
    this.capabilities = capabilities
    this.#options = options
    this.#connector = connector
    this.#cache = cache
  }

  /** Connects, and creates the tables if they are missing. Each attempt makes its own connections, and closes them if it fails. */
  async open(): Promise<void> {
    const { where } = this.#connector
    let lines: Lines | undefined
    const database = new Database(this.#cache, where, (onConnected) => {
      lines = new Lines(this.#connector, this.#options.connections, onConnected)
      return lines
    })
    try {
      const line = await lines?.connectAnew(true)
      if (line) await ensureSchema(line, this.#options, this.#cache).finally(() => line.close())
      await database.open()
    } catch (error) {
      await database.close()
      throw storageFailure(error, { cache: this.#cache, operation: 'open', where })
    }
    this.#present = { database, numbers: new SpaceNumbers(database, this.#options.prefix) }
  }

  /** Gives each space its number, so that a missing right fails the start. */
  async prepare(names: readonly string[]): Promise<void> {
    for (const name of names) await this.#opened.numbers.of(name)
  }

  space(name: string): Space {
    const { database, numbers } = this.#opened
    return new MariadbSpace(database, numbers, name)
  }

  objects(name: string): ObjectSpace {
    const { database, numbers } = this.#opened
    return new MariadbObjects(database, numbers, name)
  }

  async health(options: CallOptions): Promise<DriverHealth> {
    const { database } = this.#opened
    const text = statementOf('settings', this.#options.tables)
    const rows = await database.transaction(callOf('health', options), (line) => line.query(text))
    const settings = settingsOf(rows)
    const { time } = await database.measureClock().catch((error) => {
      throw database.failure(error, 'health')
    })
    return {
      storeTime: time,
      warnings: [...tlsWarnings(this.#options.tls), ...warningsOf(settings)],
      details: detailsOf(settings),
    }
  }

  async close(): Promise<void> {
    await this.#present?.database.close()
  }

  get #opened(): Opened {
    if (!this.#present) throw new TypeError('The driver is not open')
    return this.#present
  }
}
