import { type PostgresServer, startPostgres, startReplica } from '../../support/postgres-server.js'
import type { StoreServer } from '../topology.js'
import { signalAll, suspend } from './processes.js'

type Settings = Readonly<Record<string, string>>

/** A PostgreSQL that may be killed and started again, or made anew as a replica on the same port. */
export class PostgresProcess implements StoreServer {
  readonly port: number
  readonly #settings: Settings
  #server: PostgresServer
  #suspended: readonly number[] = []

  private constructor(server: PostgresServer, settings: Settings) {
    this.port = server.port
    this.#server = server
    this.#settings = settings
  }

  static async start(settings: Settings): Promise<PostgresProcess> {
    return new PostgresProcess(await startPostgres(settings), settings)
  }

  static async startReplica(primary: PostgresProcess, settings: Settings): Promise<PostgresProcess> {
    return new PostgresProcess(await startReplica(primary.#server, settings), settings)
  }

  get url(): string {
    return this.#server.url
  }

  get folder(): string {
    return this.#server.folder
  }

  sql: PostgresServer['sql'] = (text) => this.#server.sql(text)

  start(): Promise<void> {
    return this.#server.restart()
  }

  /** Starts it again with an empty folder, as a replica of another server. */
  async follow(primary: PostgresProcess): Promise<void> {
    await this.#server.stop()
    this.#server = await startReplica(primary.#server, { ...this.#settings, port: `${this.port}` })
  }

  async kill(): Promise<void> {
    const children = await suspend(this.#server.pid)
    signalAll(children, 'SIGKILL')
    await this.#server.kill('SIGKILL')
  }

  async pause(): Promise<void> {
    this.#suspended = await suspend(this.#server.pid)
  }

  async resume(): Promise<void> {
    signalAll([...this.#suspended, this.#server.pid], 'SIGCONT')
  }

  stop(): Promise<void> {
    return this.#server.stop()
  }
}
