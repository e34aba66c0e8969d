import type { Socket } from 'node:net'
import type { Place } from './address.js'
import type { Changed, Client, Parameter, Prepared } from './client.js'
import { TooLarge } from './failure.js'
import type { StatementName } from './statements.js'

/** A server that answers nothing for this long, although it was asked something, counts as dead. */
const silentMs = 5_000
const lookEveryMs = 500
/** How long close() waits for the answers under way. */
const closeMs = 2_000
/** The room that a statement needs in a packet besides its values. */
const packetOverhead = 2_048

export type Row = Readonly<Record<string, unknown>>

/** One connection. Statements sent in one turn of the event loop leave in one write, and are carried out in order. */
export class Line {
  readonly place: Place
  /** Why it can no longer be used; undefined as long as it can. */
  lost: Error | undefined
  #isDead = false
  readonly #client: Client
  readonly #socket: Socket
  readonly #statements: ReadonlyMap<StatementName, Prepared>
  readonly #maxPacket: number
  readonly #listeners: ((error: Error, isDead: boolean) => void)[] = []
  #pending = 0
  #answeredAt = 0
  #watch: NodeJS.Timeout | undefined
  #isCorked = false

  constructor(
    client: Client,
    socket: Socket,
    place: Place,
    statements: ReadonlyMap<StatementName, Prepared>,
    maxPacket: number,
  ) {
    this.#client = client
    this.#socket = socket
    this.place = place
    this.#statements = statements
    this.#maxPacket = maxPacket
    client.on('error', (error) => this.#lose(error))
    client.on('end', () => this.#lose(new Error('The connection has ended')))
  }

  /** How many answers are awaited. */
  get pending(): number {
    return this.#pending
  }

  /** Called once when the connection is lost, at once if it is already; `isDead`: the server did not answer. */
  onLost(listener: (error: Error, isDead: boolean) => void): void {
    if (this.lost) listener(this.lost, this.#isDead)
    else this.#listeners.push(listener)
  }

  /** The rows of a query. */
  rows(name: StatementName, ...values: readonly Parameter[]): Promise<readonly Row[]> {
    return this.#execute(name, values) as Promise<readonly Row[]>
  }

  /** Changes rows, and resolves with the number of rows found. */
  async change(name: StatementName, ...values: readonly Parameter[]): Promise<number> {
    return ((await this.#execute(name, values)) as Changed).affectedRows
  }

  commit(): Promise<unknown> {
    return this.#send(() => this.#client.query('commit'))
  }

  rollback(): Promise<unknown> {
    return this.#send(() => this.#client.query('rollback'))
  }

  query(text: string): Promise<readonly Row[]> {
    return this.#send(() => this.#client.query(text)) as Promise<readonly Row[]>
  }

  /** Ends the connection at once. What awaits an answer rejects. */
  destroy(reason: Error, isDead = false): void {
    this.#socket.destroy(reason)
    this.#lose(reason, isDead)
  }

  /** Ends the connection after the answers under way. */
  async close(): Promise<void> {
    if (this.lost) return
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, closeMs)
    })
    await Promise.race([this.#client.end().catch(() => {}), late])
    clearTimeout(timer)
    this.destroy(new Error('The connection was closed'))
  }

  #execute(name: StatementName, values: readonly Parameter[]): Promise<unknown> {
    const bytes = values.reduce<number>((sum, value) => sum + (value instanceof Uint8Array ? value.length : 0), 0)
    if (bytes + packetOverhead > this.#maxPacket) {
      const reason = `${bytes} bytes do not fit into max_allowed_packet of the server, which is ${this.#maxPacket}`
      return Promise.reject(new TooLarge(reason))
    }
    const statement = this.#statements.get(name)
    if (!statement) return Promise.reject(new TypeError(`${name} is not prepared`))
    return this.#send(() => statement.execute(values))
  }

  #send(send: () => Promise<unknown>): Promise<unknown> {
    if (this.lost) return Promise.reject(this.lost)
    this.#cork()
    if (this.#pending === 0) this.#answeredAt = performance.now()
    this.#pending += 1
    this.#watch ??= setTimeout(() => this.#look(), lookEveryMs).unref()
    return send().finally(() => {
      this.#pending -= 1
      this.#answeredAt = performance.now()
    })
  }

  #cork(): void {
    if (this.#isCorked) return
    this.#isCorked = true
    this.#socket.cork()
    setImmediate(() => {
      this.#isCorked = false
      this.#socket.uncork()
    })
  }

  #look(): void {
    this.#watch = undefined
    if (this.#pending === 0 || this.lost) return
    if (performance.now() - this.#answeredAt > silentMs)
      this.destroy(new Error(`The server has not answered for ${silentMs} ms`), true)
    else this.#watch = setTimeout(() => this.#look(), lookEveryMs).unref()
  }

  #lose(error: Error, isDead = false): void {
    if (this.lost) return
    // Looks like an error of mariadb that has ended the connection.
    this.lost = Object.assign(error, { fatal: true })
    this.#isDead = isDead
    for (const listener of this.#listeners) listener(this.lost, isDead)
  }
}
