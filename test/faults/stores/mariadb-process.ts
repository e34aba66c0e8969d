import { type MariadbServer, startMariadb } from '../../support/mariadb-server.js'
import type { StoreServer } from '../topology.js'

type Settings = Readonly<Record<string, string>>

/** A MariaDB that may be killed and started again. */
export class MariadbProcess implements StoreServer {
  readonly port: number
  #server: MariadbServer

  private constructor(server: MariadbServer) {
    this.port = server.port
    this.#server = server
  }

  static async start(settings: Settings): Promise<MariadbProcess> {
    return new MariadbProcess(await startMariadb(settings))
  }

  get folder(): string {
    return this.#server.folder
  }

  sql: MariadbServer['sql'] = (...statements) => this.#server.sql(...statements)

  start(): Promise<void> {
    return this.#server.restart()
  }

  /** Starts it again with an empty folder, and other settings. */
  async renew(settings: Settings): Promise<void> {
    await this.#server.stop()
    this.#server = await startMariadb({ ...settings, port: `${this.port}` })
  }

  kill(): Promise<void> {
    return this.#server.kill()
  }

  async pause(): Promise<void> {
    process.kill(this.#server.pid, 'SIGSTOP')
  }

  async resume(): Promise<void> {
    process.kill(this.#server.pid, 'SIGCONT')
  }

  stop(): Promise<void> {
    return this.#server.stop()
  }
}
