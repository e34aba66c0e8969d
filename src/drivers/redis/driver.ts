import type {
  CallOptions,
  Capabilities,
  Driver,
  DriverHealth,
  ObjectSpace,
  Space,
  SpaceOptions,
} from '../../storage/contract.js'
import { StorageError } from '../../storage/storage-error.js'
import type { DriverEnvironment } from '../definition.js'
import { callOf } from '../network/call.js'
import { tlsWarnings } from '../network/tls.js'
import { accessOf } from './access.js'
import { serverOf } from './address.js'
import type { RedisServers } from './client.js'
import { skewWarning } from './clocks.js'
import { RedisConnection } from './connection.js'
import { deploymentWarnings } from './deployment.js'
import { evictionWarning, memoryOf } from './info.js'
import { Keyspace } from './keys.js'
import { type Layout, layoutOf } from './layout.js'
import { Notices } from './notices.js'
import { RedisObjects } from './objects.js'
import type { RedisOptions } from './options.js'
import { RedisSpace } from './space.js'

interface Opened extends Layout {
  /** What was found out when it was opened, for `health`. */
  readonly about: Omit<DriverHealth, 'storeTime'>
  readonly connection: RedisConnection
  readonly notices: Notices
}

type Surroundings = Pick<DriverEnvironment, 'cache' | 'deployment' | 'isVisit'>

export class RedisDriver implements Driver {
  readonly capabilities: Capabilities
  readonly #options: RedisOptions
  readonly #connect: () => RedisServers
  readonly #environment: Surroundings
  #present: Opened | undefined

  constructor(
    capabilities: Capabilities,
    options: RedisOptions,
    connect: () => RedisServers,
    environment: Surroundings,
  ) {
    this.capabilities = capabilities
    this.#options = options
    this.#connect = connect
    this.#environment = environment
  }

  /** Connects and reads the layout. Each attempt makes its own connection, and closes it if it fails. */
  async open(): Promise<void> {
    const { cache } = this.#environment
    const servers = this.#connect()
    const connection = new RedisConnection(servers, cache)
    try {
      await connection.open()
      const layout = await layoutOf(connection, this.#options, this.#environment)
      this.#present = {
        ...layout,
        connection,
        notices: new Notices(servers, cache),
        about: await this.#about(connection),
      }
    } catch (error) {
      connection.abandon()
      throw error
    }
  }

  /** A node needs nothing. A visit must not show that no record is there if it only has the wrong prefix. */
  async prepare(): Promise<void> {
    const { prefix } = this.#options
    if (!this.#opened.isUnused) return
    throw new StorageError('STORAGE_UNPREPARED', {
      cache: this.#environment.cache,
      reason: `no node has used the prefix ${prefix} of this server yet`,
    })
  }

  space(name: string, { endGraceMs, notices: kinds = 'ends' }: SpaceOptions): Space {
    const { connection, buckets, notices } = this.#opened
    const keys = new Keyspace(this.#options.prefix, name, buckets, serverOf(this.#options).db)
    const notify = notices.instruction(keys.channel, kinds)
    return new RedisSpace(connection, keys, { graceMs: endGraceMs, notify, notices })
  }

  objects(name: string): ObjectSpace {
    return new RedisObjects(this.#opened.connection, this.#options.prefix, name)
  }

  /** Reads time and memory of each master, in two small commands. */
  async health(options: CallOptions): Promise<DriverHealth> {
    const { about, connection, server, buckets } = this.#opened
    const { masters } = connection
    const call = callOf('health', options)
    const [clocks, memory] = await Promise.all([
      connection.measureClocks(),
      Promise.all(masters.map((master) => memoryOf(connection, master, call))),
    ])
    const [latest] = clocks
    return {
      ...(latest && { storeTime: latest.time }),
      warnings: [
        ...new Set([
          ...tlsWarnings(this.#options.tls),
          ...about.warnings,
          ...memory.flatMap(evictionWarning),
          ...skewWarning(clocks),
        ]),
      ],
      details: {
        ...server,
        mode: this.#options.sentinel ? 'sentinel' : server.mode,
        masters: masters.length,
        buckets,
        usedMemory: memory.reduce((sum, { usedMemory }) => sum + usedMemory, 0),
        evictionPolicy: [...new Set(memory.map(({ evictionPolicy }) => evictionPolicy))].join(', '),
        ...about.details,
      },
    }
  }

  async close(): Promise<void> {
    this.#present?.notices.close()
    await this.#present?.connection.close()
  }

  async #about(connection: RedisConnection): Promise<Opened['about']> {
    const { deployment = {}, isVisit = false } = this.#environment
    const { prefix } = this.#options
    if (isVisit) return accessOf(connection, prefix)
    return { warnings: await deploymentWarnings(connection, prefix, deployment), details: {} }
  }

  get #opened(): Opened {
    if (!this.#present) throw new TypeError('The driver is not open')
    return this.#present
  }
}
