import type { CallOptions, Capabilities, Driver, DriverHealth, ObjectSpace, Space } from '../../storage/contract.js'
import type { StorageError } from '../../storage/storage-error.js'
import type { DriverEnvironment } from '../definition.js'
import { lackOf } from '../lack.js'
import { tlsWarnings } from '../network/tls.js'
import type { MongoServers } from './client.js'
import { MongoConnection } from './connection.js'
import { Documents } from './documents.js'
import { healthOf, rightsOf } from './health.js'
import { objectsCollection, recordsCollection } from './names.js'
import { checkUse, noteUse } from './notes.js'
import { MongodbObjects, objectIndexes } from './objects.js'
import type { MongodbOptions } from './options.js'
import { MongodbSpace, recordIndexes } from './space.js'

interface Opened {
  readonly connection: MongoConnection
  readonly warnings: readonly string[]
  /** Of a visit: why it can show no records. */
  readonly lack?: StorageError
  /** The collections of spaces, by their names. */
  readonly collections: Map<string, Documents>
}

type Surroundings = Pick<DriverEnvironment, 'cache' | 'deployment' | 'isVisit'>

export class MongodbDriver implements Driver {
  readonly capabilities: Capabilities
  readonly #options: MongodbOptions
  readonly #servers: MongoServers
  readonly #environment: Surroundings
  #present: Opened | undefined

  constructor(capabilities: Capabilities, options: MongodbOptions, servers: MongoServers, environment: Surroundings) {
    this.capabilities = capabilities
    this.#options = options
    this.#servers = servers
    this.#environment = environment
  }

  /** Connects and reads the layout. Each attempt makes its own client, and closes it if it fails. */
  async open(): Promise<void> {
    const connection = new MongoConnection(this.#servers, this.#environment.cache)
    try {
      await connection.open()
      const { deployment = {}, isVisit = false } = this.#environment
      const { prefix } = this.#options
      const lack = isVisit ? await lackOf(checkUse(connection, prefix)) : undefined
      const warnings = isVisit ? [] : await noteUse(connection, prefix, deployment)
      this.#present = { connection, warnings, collections: new Map(), ...(lack && { lack }) }
    } catch (error) {
      await connection.close()
      throw error
    }
  }

  async prepare(names: readonly string[]): Promise<void> {
    const { lack } = this.#opened
    if (lack) throw lack
    for (const name of names) await this.#records(name).prepare({ operation: 'prepare' })
  }

  space(name: string): Space {
    return new MongodbSpace(this.#opened.connection, this.#records(name))
  }

  objects(name: string): ObjectSpace {
    const { connection } = this.#opened
    const collection = objectsCollection(this.#options.prefix, name)
    return new MongodbObjects(connection, new Documents(connection, collection, this.#made(objectIndexes)))
  }

  async health(options: CallOptions): Promise<DriverHealth> {
    const { connection, warnings } = this.#opened
    const health = await healthOf(connection, options)
    const details = this.#environment.isVisit ? await rightsOf(connection, options) : {}
    return {
      ...health,
      warnings: [...tlsWarnings(this.#options.tls), ...warnings, ...health.warnings],
      details: { ...health.details, ...details },
    }
  }

  async close(): Promise<void> {
    await this.#present?.connection.close()
  }

  #records(space: string): Documents {
    const { connection, collections } = this.#opened
    const name = recordsCollection(this.#options.prefix, space)
    const documents = collections.get(name) ?? new Documents(connection, name, this.#made(recordIndexes))
    collections.set(name, documents)
    return documents
  }

  /** The indexes that this process makes. */
  #made<Indexes>(indexes: Indexes): Indexes | undefined {
    return this.#environment.isVisit ? undefined : indexes
  }

  get #opened(): Opened {
    if (!this.#present) throw new TypeError('The driver is not open')
    return this.#present
  }
}
