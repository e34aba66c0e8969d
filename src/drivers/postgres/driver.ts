import type {
  CallOptions,
  Capabilities,
  ChangeListener,
  Driver,
  DriverHealth,
  EpochMs,
  ObjectSpace,
  Space,
  SpaceOptions,
} from '../../storage/contract.js'
import type { StorageError } from '../../storage/storage-error.js'
import type { DriverEnvironment } from '../definition.js'
import { lackOf } from '../lack.js'
import { callOf } from '../network/call.js'
import { tlsWarnings } from '../network/tls.js'
import type { Pg } from './client.js'
import { Connections } from './connections.js'
import { Listening } from './listening.js'
import { channelOf, Notices } from './notices.js'
import { PostgresObjects } from './objects.js'
import type { PostgresOptions } from './options.js'
import { rightsOf } from './rights.js'
import { checkSchema, ensureSchema, schemaVersion } from './schema.js'
import { listeningServers, serversOf } from './servers.js'
import { PostgresSpace } from './space.js'
import { SpaceTables } from './space-tables.js'
import { statementsFor } from './statements.js'

interface Opened {
  readonly connections: Connections
  readonly notices: Notices
  /** By the names of spaces: each asks once for its number. */
  readonly tables: Map<string, SpaceTables>
  /** Of a visit: why there are no tables that it can use. */
  readonly lack?: StorageError
}

export class PostgresDriver implements Driver {
  readonly capabilities: Capabilities
  readonly #options: PostgresOptions
  readonly #pg: Pg
  readonly #environment: DriverEnvironment
  #present: Opened | undefined

  constructor(capabilities: Capabilities, options: PostgresOptions, pg: Pg, environment: DriverEnvironment) {
    this.capabilities = capabilities
    this.#options = options
    this.#pg = pg
    this.#environment = environment
  }

  /** Connects and looks for the tables. Each attempt makes its own connections, and closes them if it fails. */
  async open(): Promise<void> {
    const { cache, isVisit = false } = this.#environment
    const { schema, prefix, connections: most, pooler } = this.#options
    const servers = serversOf(this.#options, this.#environment)
    const settings = { cache, most, keepsPrepared: pooler === 'none' }
    const connections = new Connections(this.#pg, servers, statementsFor(schema), settings)
    let lack: StorageError | undefined
    try {
      await connections.open()
      if (isVisit) lack = await lackOf(checkSchema(connections, this.#options, cache))
      else await ensureSchema(connections, this.#options, cache)
    } catch (error) {
      await connections.close()
      throw error
    }
    const channel = channelOf(schema, prefix)
    const listensAt = listeningServers(this.#options, this.#environment) ?? servers
    const listening =
      this.capabilities.notices === 'none' ? undefined : new Listening(this.#pg, listensAt, channel, cache)
    const notices = new Notices(connections, listening, channel)
    this.#present = { connections, notices, tables: new Map(), ...(lack && { lack }) }
  }

  /** Adds the spaces to the tables. A visit only looks whether they are there. */
  async prepare(names: readonly string[]): Promise<void> {
    const { lack } = this.#opened
    if (lack) throw lack
    const call = callOf('open', {})
    await Promise.all(names.map((name) => this.#tables(name).number(call)))
  }

  space(name: string, { notices: kinds = 'ends' }: SpaceOptions): Space {
    const { notices } = this.#opened
    const tables = this.#tables(name)
    if (this.capabilities.notices === 'none') return new PostgresSpace(tables, notices, false)
    const watch = async (listener: ChangeListener) => notices.watch(await tables.number(callOf('watch', {})), listener)
    return Object.assign(new PostgresSpace(tables, notices, kinds === 'all'), { watch })
  }

  objects(name: string): ObjectSpace {
    return new PostgresObjects(this.#tables(name))
  }

  async health(options: CallOptions): Promise<DriverHealth> {
    const call = callOf('health', options)
    const [row] = await this.#opened.connections.run<HealthRow>('health', [this.#options.schema], call)
    if (!row) return { warnings: [], details: {} }
    const rights = this.#environment.isVisit ? await rightsOf(this.#opened.connections, this.#options, call) : undefined
    const { time, version, bytes, max_connections, synchronous_commit } = row
    return {
      storeTime: time,
      warnings: [...tlsWarnings(this.#options.tls), ...warningsOf(row), ...(rights?.warnings ?? [])],
      details: {
        version,
        bytes: bytes ?? 0,
        connections: this.#opened.connections.count,
        maxConnections: max_connections,
        synchronousCommit: synchronous_commit,
        pooler: this.#options.pooler,
        ...(!this.#opened.lack && { schemaVersion }),
        ...rights?.details,
      },
    }
  }

  async close(): Promise<void> {
    const told = this.#present?.notices.close()
    await this.#present?.connections.close()
    await told
  }

  #tables(name: string): SpaceTables {
    const { cache, isVisit = false } = this.#environment
    const { connections, tables } = this.#opened
    const space = { cache, prefix: this.#options.prefix, name, isAdded: !isVisit }
    const found = tables.get(name) ?? new SpaceTables(connections, space)
    tables.set(name, found)
    return found
  }

  get #opened(): Opened {
    if (!this.#present) throw new TypeError('The driver is not open')
    return this.#present
  }
}

interface HealthRow {
  readonly time: EpochMs
  readonly version: string
  readonly fsync: string
  readonly full_page_writes: string
  readonly synchronous_commit: string
  readonly autovacuum: string
  readonly max_connections: number
  readonly bytes: number | null
}

function warningsOf({ fsync, full_page_writes, synchronous_commit, autovacuum }: HealthRow): string[] {
  return [
    ...(fsync === 'off' ? ['fsync is off: a power failure can lose or damage the whole database. Set it to on.'] : []),
    ...(full_page_writes === 'off'
      ? ['full_page_writes is off: a power failure can damage pages of the database. Set it to on.']
      : []),
    ...(synchronous_commit === 'off'
      ? ['synchronous_commit is off: the end of the server can lose the last acknowledged changes. Set it to on.']
      : []),
    ...(autovacuum === 'off'
      ? ['autovacuum is off: every visit leaves a dead row behind, so the tables grow. Set it to on.']
      : []),
  ]
}
