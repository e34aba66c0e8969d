import type {
  CallOptions,
  Capabilities,
  Driver,
  DriverHealth,
  ObjectSpace,
  Space,
  SpaceOptions,
} from '../../storage/contract.js'
import type { DriverEnvironment } from '../definition.js'
import { callOf } from '../network/call.js'
import { tlsWarnings } from '../network/tls.js'
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
  readonly deploymentWarnings: readonly string[]
  readonly connection: RedisConnection
  readonly notices: Notices
}

export class RedisDriver implements Driver {
  readonly capabilities: Capabilities
  readonly #options: RedisOptions
  readonly #connect: () => RedisServers
  readonly #cache: string
  readonly #deployment: NonNullable<DriverEnvironment['deployment']>
  #present: Opened | undefined

  constructor(
    capabilities: Capabilities,
    options: RedisOptions,
    connect: () => RedisServers,
    { cache, deployment = {} }: Pick<DriverEnvironment, 'cache' | 'deployment'>,
  ) {
    this.capabilities = capabilities
    this.#options = options
    this.#connect = connect
    this.#cache = cache
    this.#deployment = deployment
  }

  /** Connects and reads the layout. Each attempt makes its own connection, and closes it if it fails. */
  async open(): Promise<void> {
    const servers = this.#connect()
    const connection = new RedisConnection(servers, this.#cache)
    try {
      await connection.open()
      const layout = await layoutOf(connection, this.#options, this.#cache)
      const warnings = await deploymentWarnings(connection, this.#options.prefix, this.#deployment)
      const notices = new Notices(servers, this.#cache)
      this.#present = { ...layout, connection, notices, deploymentWarnings: warnings }
    } catch (error) {
      connection.abandon()
      throw error
    }
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
    const { connection, server, buckets, deploymentWarnings } = this.#opened
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
          ...deploymentWarnings,
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
      },
    }
  }

  async close(): Promise<void> {
    this.#present?.notices.close()
    await this.#present?.connection.close()
  }

  get #opened(): Opened {
    if (!this.#present) throw new TypeError('The driver is not open')
    return this.#present
  }
}
