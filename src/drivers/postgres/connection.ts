import type { Parameter, PgClient } from './client.js'
import { types } from './client.js'
import type { Statement } from './statements.js'

/** A statement that waits for its answer. */
interface Sent {
  /** When its caller gives up, by `performance.now()`; undefined: never. */
  readonly givesUpAt: number | undefined
}

/**
 * A connection on which statements leave without waiting for the answers to those before. Each is a transaction of its own.
 * Statements of one turn of the event loop leave in one write.
 */
export class PgConnection {
  readonly #client: PgClient
  readonly #keepsPrepared: boolean
  /** In the order in which they were sent, and are answered. */
  readonly #sent = new Set<Sent>()
  #isCorked = false
  #lostWith: Error | undefined

  /** `onLost` is called once, when the connection can no longer be used. `keepsPrepared`: the server keeps prepared statements. */
  constructor(client: PgClient, keepsPrepared: boolean, onLost: (error: Error) => void) {
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

  get isLost(): boolean {
    return this.#lostWith !== undefined
  }

  /** The number of statements that wait for their answers. */
  get load(): number {
    return this.#sent.size
  }

  /** Sends a statement. Rejects with an error of pg. */
  async send<Row>(
    { name, text }: Pick<Statement, 'text'> & Partial<Statement>,
    values: readonly Parameter[],
    givesUpAt?: number,
  ): Promise<readonly Row[]> {
    this.#cork()
    const sent = { givesUpAt }
    this.#sent.add(sent)
    try {
      const { rows } = await this.#client.query({
        text,
        values,
        types,
        ...(this.#keepsPrepared && name !== undefined && { name }),
      })
      return rows as readonly Row[]
    } finally {
      this.#sent.delete(sent)
    }
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

  /** Ends the connection after the answers to the statements that were sent. */
  async end(): Promise<void> {
    await this.#client.end()
  }

  #cork(): void {
    if (this.#isCorked) return
    this.#isCorked = true
    const { stream } = this.#client.connection
    stream.cork()
    setImmediate(() => {
      this.#isCorked = false
      stream.uncork()
    })
  }
}
