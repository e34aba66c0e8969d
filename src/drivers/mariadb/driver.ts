import type { CallOptions, Capabilities, Driver, DriverHealth, ObjectSpace, Space } from '../../storage/contract.js'
import type { DriverEnvironment } from '../definition.js'
import { callOf } from '../network/call.js'
import { tlsWarnings } from '../network/tls.js'
import type { Connector } from './connector.js'
import { Database } from './database.js'
import { storageFailure } from './failure.js'
import { detailsOf, warningsOf } from './health.js'
import { Lines } from './lines.js'
import { MariadbObjects } from './objects.js'
import type { MariadbOptions } from './options.js'
import { rightsOf } from './rights.js'
import { checkSchema, ensureSchema, schemaVersion } from './schema.js'
import { settingsOf } from './settings.js'
import { MariadbSpace } from './space.js'
import { SpaceNumbers } from './spaces.js'
import { statementOf } from './statements.js'

interface Opened {
  readonly database: Database
  readonly numbers: SpaceNumbers
}

type Surroundings = Pick<DriverEnvironment, 'cache' | 'isVisit'>

export class MariadbDriver implements Driver {
  readonly capabilities: Capabilities
  readonly #options: MariadbOptions
  readonly #connector: Connector
  readonly #environment: Surroundings
  #present: Opened | undefined

  constructor(capabilities: Capabilities, options: MariadbOptions, connector: Connector, environment: Surroundings) {
    this.capabilities = capabilities
    this.#options = options
    this.#connector = connector
    this.#environment = environment
  }

  /** Connects, and creates the tables if they are missing. Each attempt makes its own connections, and closes them if it fails. */
  async open(): Promise<void> {
    const { where } = this.#connector
    const { cache, isVisit = false } = this.#environment
    let lines: Lines | undefined
    const database = new Database(cache, where, (onConnected) => {
      lines = new Lines(this.#connector, this.#options.connections, onConnected)
      return lines
    })
    try {
      const line = await lines?.connectAnew(true)
      // A connection prepares its statements, so it needs the tables: a visit gives up here if they are missing.
      const check = isVisit ? checkSchema : ensureSchema
      if (line) await check(line, this.#options, cache).finally(() => line.close())
      await database.open()
    } catch (error) {
      await database.close()
      throw storageFailure(error, { cache, operation: 'open', where })
    }
    const numbers = new SpaceNumbers(database, { cache, prefix: this.#options.prefix, areAdded: !isVisit })
    this.#present = { database, numbers }
  }

  /** Gives each space its number, so that a missing right fails the start. A visit only looks whether it has one. */
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
    const rights = this.#environment.isVisit ? await rightsOf(database, callOf('health', options)) : undefined
    return {
      storeTime: time,
      warnings: [...tlsWarnings(this.#options.tls), ...warningsOf(settings), ...(rights?.warnings ?? [])],
      details: { ...detailsOf(settings), schemaVersion, ...rights?.details },
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
