import type { CallOptions, Capabilities, Driver, DriverHealth, ObjectSpace, Space } from '../../storage/contract.js'
import type { DriverEnvironment } from '../definition.js'
import { tlsWarnings } from '../network/tls.js'
import type { MongoServers } from './client.js'
import { MongoConnection } from './connection.js'
import { Documents } from './documents.js'
import { healthOf } from './health.js'
import { objectsCollection, recordsCollection } from './names.js'
import { noteUse } from './notes.js'
import { MongodbObjects, objectIndexes } from './objects.js'
import type { MongodbOptions } from './options.js'
import { MongodbSpace, recordIndexes } from './space.js'

interface Opened {
  readonly connection: MongoConnection
  readonly warnings: readonly string[]
  /** The collections of spaces, by their names. */
  readonly collections: Map<string, Documents>
}

export class MongodbDriver implements Driver {
  readonly capabilities: Capabilities
  readonly #options: MongodbOptions
  readonly #servers: MongoServers
  readonly #cache: string
  readonly #deployment: NonNullable<DriverEnvironment['deployment']>
  #present: Opened | undefined

  constructor(
    capabilities: Capabilities,
    options: MongodbOptions,
    servers: MongoServers,
    { cache, deployment = {} }: Pick<DriverEnvironment, 'cache' | 'deployment'>,
  ) {
    this.capabilities = capabilities
    this.#options = options
    this.#servers = servers
    this.#cache = cache
    this.#deployment = deployment
  }

  /** Connects and reads the layout. Each attempt makes its own client, and closes it if it fails. */
  async open(): Promise<void> {
    const connection = new MongoConnection(this.#servers, this.#cache)
    try {
      await connection.open()
      const warnings = await noteUse(connection, this.#options.prefix, this.#deployment)
      this.#present = { connection, warnings, collections: new Map() }
    } catch (error) {
      await connection.close()
      throw error
    }
  }

  async prepare(names: readonly string[]): Promise<void> {
    for (const name of names) await this.#records(name).prepare({ operation: 'prepare' })
  }

  space(name: string): Space {
    return new MongodbSpace(this.#opened.connection, this.#records(name))
  }

  objects(name: string): ObjectSpace {
    const { connection } = this.#opened
    const collection = objectsCollection(this.#options.prefix, name)
    return new MongodbObjects(connection, new Documents(connection, collection, objectIndexes))
  }

  async health(options: CallOptions): Promise<DriverHealth> {
    const { connection, warnings } = this.#opened
    const health = await healthOf(connection, options)
    return { ...health, warnings: [...tlsWarnings(this.#options.tls), ...warnings, ...health.warnings] }
  }

  async close(): Promise<void> {
    await this.#present?.connection.close()
  }

  #records(space: string): Documents {
    const { connection, collections } = this.#opened
    const name = recordsCollection(this.#options.prefix, space)
    const documents = collections.get(name) ?? new Documents(connection, name, recordIndexes)
    collections.set(name, documents)
    return documents
  }

  get #opened(): Opened {
    if (!this.#present) throw new TypeError('The driver is not open')
    return this.#present
  }
}
