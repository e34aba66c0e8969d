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
import type { RedisServers } from './client.js'
import { RedisConnection } from './connection.js'
import { infoOf, type ServerInfo, warningsOf } from './info.js'
import { Keyspace } from './keys.js'
import { bucketsOf } from './layout.js'
import { RedisObjects } from './objects.js'
import type { RedisOptions } from './options.js'
import { RedisSpace } from './space.js'

export class RedisDriver implements Driver {
  readonly capabilities: Capabilities
  readonly #options: RedisOptions
  readonly #connection: RedisConnection
  readonly #cache: string
  #buckets = 1

  constructor(
    capabilities: Capabilities,
    options: RedisOptions,
    servers: RedisServers,
    { cache }: Pick<DriverEnvironment, 'cache'>,
  ) {
    this.capabilities = capabilities
    this.#options = options
    this.#cache = cache
    this.#connection = new RedisConnection(servers, cache)
  }

  async open(): Promise<void> {
    await this.#connection.open()
    try {
      this.#buckets = await bucketsOf(this.#connection, this.#options, this.#cache)
    } catch (error) {
      await this.close()
      throw error
    }
  }

  space(name: string, { endGraceMs }: SpaceOptions): Space {
    return new RedisSpace(this.#connection, new Keyspace(this.#options.prefix, name, this.#buckets), endGraceMs)
  }

  objects(name: string): ObjectSpace {
    return new RedisObjects(this.#connection, this.#options.prefix, name)
  }

  async health({ signal }: CallOptions): Promise<DriverHealth> {
    const call = { operation: 'health', signal }
    const [[seconds, microseconds], infos] = await Promise.all([
      this.#connection.command<[Buffer, Buffer]>(call, 'time'),
      Promise.all(this.#connection.masters.map((master) => infoOf(this.#connection, master, 'health'))),
    ])
    const storeTime = Number(seconds) * 1000 + Number(microseconds) / 1000
    return { storeTime, warnings: [...new Set(infos.flatMap(warningsOf))], details: this.#detailsOf(infos) }
  }

  close(): Promise<void> {
    return this.#connection.close()
  }

  #detailsOf(infos: readonly ServerInfo[]): DriverHealth['details'] {
    const [first] = infos
    return {
      version: first?.version ?? 'unknown',
      product: first?.product ?? 'unknown',
      mode: this.#options.sentinel ? 'sentinel' : (first?.mode ?? 'unknown'),
      masters: infos.length,
      buckets: this.#buckets,
      usedMemory: infos.reduce((sum, { usedMemory }) => sum + usedMemory, 0),
    }
  }
}
