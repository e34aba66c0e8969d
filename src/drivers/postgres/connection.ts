import { reasonOf } from '../../errors/scopes-error.js'
import type { ClientSettings, Parameter, Pg, PgClient } from './client.js'
import type { Statement } from './statements.js'

/** A statement that waits for its answer. */
interface Sent {
  /** When its caller gives up, by `performance.now()`; undefined: never. */
  readonly givesUpAt: number | undefined
  /** Whether it may have left this process. */
  hasLeft: boolean
}

/** The connection was lost before the statement had left. */
export class NotSent extends Error {}

/** How long the end of a connection waits for answers. */
const endTimeoutMs = 2_000

/**
 * A connection on which statements leave without waiting for the answers to those before. Each is a transaction of its own.
 * Statements of one turn of the event loop leave in one write. Through a pooler each waits for the one before: pgbouncer 1.18 may
 * give the server to another client between two statements that left together.
 */
export class PgConnection {
  readonly #pg: Pg
  readonly #client: PgClient
  readonly #keepsPrepared: boolean
  /** In the order in which they were sent, and are answered. */
  readonly #sent = new Set<Sent>()
  /** What waits for the end of this turn; undefined: nothing. */
  #corked: Sent[] | undefined
  /** Through a pooler: ends with the last statement that was sent or waits. */
  #last: Promise<unknown> | undefined
  #lostWith: Error | undefined

  /** `onLost` is called once, when the connection can no longer be used. `keepsPrepared`: the server keeps prepared statements. */
  constructor(pg: Pg, settings: ClientSettings, keepsPrepared: boolean, onLost: (error: Error) => void) {
    const client = pg.client(settings)
    this.#pg = pg
    this.#client = client
    this.#keepsPrepared = keepsPrepared
    const lose = (error: Error) => {
      if (this.#lostWith) return
      this.#lostWith = error
      onLost(error)
    }
    client.on('error', lose)
    client.on('end', () => lose(new Error('the connection has ended')))
  }

  async connect(): Promise<void> {
    await this.#client.connect()
  }

  /** Why the connection can no longer be used; undefined while it can. */
  get lostWith(): Error | undefined {
    return this.#lostWith
  }

  /** The number of statements that wait for their answers. */
  get load(): number {
    return this.#sent.size
  }

  /** Sends a statement. Rejects with an error of pg, or NotSent. */
  send<Row>(
    statement: Pick<Statement, 'text'> & Partial<Statement>,
    values: readonly Parameter[],
    givesUpAt?: number,
  ): Promise<readonly Row[]> {
    const sent: Sent = { givesUpAt, hasLeft: false }
    this.#sent.add(sent)
    return this.#keepsPrepared
      ? this.#query<Row>(sent, statement, values)
      : this.#inTurn(() => this.#query<Row>(sent, { text: statement.text }, values))
  }

  #query<Row>(
    sent: Sent,
    { name, text }: Pick<Statement, 'text'> & Partial<Statement>,
    values: readonly Parameter[],
  ): Promise<readonly Row[]> {
    return new Promise((resolve, reject) => {
      const query = this.#pg.query(text, values, (error, result) => {
        this.#sent.delete(sent)
        if (!error) resolve(result.rows as readonly Row[])
        else reject(sent.hasLeft ? error : new NotSent(reasonOf(error), { cause: error }))
      })
      query.name = name
      this.#cork(sent)
      this.#client.query(query)
    })
  }

  /** Runs `task` after those before it, whatever became of them. */
  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const running = this.#last ? this.#last.then(task) : task()
    this.#last = running.catch(() => {}) // its caller gets the error
    return running
  }

  /** Whether the server still owes an answer that its caller no longer waits for: then those behind it wait in vain too. */
  isStuck(now: number): boolean {
    for (const { givesUpAt } of this.#sent) return givesUpAt !== undefined && givesUpAt < now
    return false
  }

  /** Ends the connection without waiting for answers. */
  destroy(): void {
    this.#client.connection.stream.destroy()
  }

  /** Ends the connection after the answers to the statements that were sent, or without them if they take too long. */
  async end(): Promise<void> {
    const late = setTimeout(() => this.destroy(), endTimeoutMs)
    await this.#last
    await this.#client.end().finally(() => clearTimeout(late))
  }

  #cork(sent: Sent): void {
    if (this.#corked) return void this.#corked.push(sent)
    const corked = [sent]
    this.#corked = corked
    const { stream } = this.#client.connection
    stream.cork()
    setImmediate(() => {
      this.#corked = undefined
      if (!stream.destroyed) for (const statement of corked) statement.hasLeft = true
      stream.uncork()
    })
  }
}
