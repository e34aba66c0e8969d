import { setTimeout as pause } from 'node:timers/promises'
import { reasonOf } from '../../errors/scopes-error.js'
import type { EpochMs } from '../../storage/contract.js'
import { StorageError } from '../../storage/storage-error.js'
import { Backoff, jittered } from '../../support/backoff.js'
import { wait } from '../../support/clock.js'
import { systemClock } from '../../support/steady-clock.js'
import { type Call, throwIfGivenUp } from '../network/call.js'
import { ClockOffset, readClock } from '../network/clock-offset.js'
import { firstToAccept } from '../network/first-to-accept.js'
import type { ClientSettings, Parameter, Pg } from './client.js'
import { connecting } from './connecting.js'
import { NotSent, PgConnection } from './connection.js'
import { isContended, isDeparting, storageFailure } from './failure.js'
import { headStartMs, type Servers } from './servers.js'
import type { StatementName, Statements } from './statements.js'

const firstRetryMs = 50
const longestRetryMs = 2_000
/** How often connections whose server does not answer are looked for. */
const watchEveryMs = 500
/** A further connection is made when each has this many statements under way. */
const busyFrom = 2
/** The pauses before a statement that was certainly not carried out is sent again. */
const pausesMs = [5, 20, 50, 100, 200, 400]

export interface ConnectionsOptions {
  readonly cache: string
  readonly most: number
  /** The server keeps prepared statements; with a pooler it does not. */
  readonly keepsPrepared: boolean
}

/**
 * The connections to the primary, which all calls share. Without one every call rejects at once, while new ones are tried in
 * the background.
 */
export class Connections {
  readonly #pg: Pg
  readonly #servers: Servers
  readonly #statements: Statements
  readonly #options: ConnectionsOptions
  readonly #clock = new ClockOffset()
  readonly #open = new Set<PgConnection>()
  readonly #closed = new AbortController()
  /** The server of the last connection, which is asked first. */
  #lastUsed: ClientSettings | undefined
  #lostWith: unknown
  #isGrowing = false
  #watch: NodeJS.Timeout | undefined

  constructor(pg: Pg, servers: Servers, statements: Statements, options: ConnectionsOptions) {
    this.#pg = pg
    this.#servers = servers
    this.#statements = statements
    this.#options = options
  }

  /** How many there are now. */
  get count(): number {
    return this.#open.size
  }

  get where(): string {
    return this.#servers.where
  }

  /** Makes the first connection. Rejects with a StorageError. */
  async open(): Promise<void> {
    try {
      await this.#connect()
    } catch (error) {
      throw this.#failure(error, 'open', false)
    }
    this.#watch = setInterval(() => this.#leaveStuck(), watchEveryMs)
    this.#watch.unref()
  }

  /** Runs a statement in one round trip. Throws a StorageError. */
  run<Row>(name: StatementName, values: readonly Parameter[], call: Call): Promise<readonly Row[]> {
    return this.#run<Row>(name, values, call, 0)
  }

  /** Runs several statements without parameters as one transaction. */
  script(text: string, call: Call): Promise<unknown> {
    const connection = this.#leastBusy()
    if (!connection) return Promise.reject(this.#failure(this.#lostWith, call.operation, false))
    return connection.send({ text }, []).catch((error) => {
      throw this.#failure(error, call.operation, !(error instanceof NotSent))
    })
  }

  /** The caller's deadline by the clock of the server; null if there is none. */
  deadlineOf({ givesUpAt }: Call): EpochMs | null {
    return this.#clock.timeOf(givesUpAt) ?? null
  }

  /** Whether a deadline has passed by the clock of the server, which is measured anew. */
  async isLate(call: Call): Promise<boolean> {
    const deadline = this.deadlineOf(call)
    const reading = await readClock(async () => timeIn(await this.run<Timed>('clock', [], call)))
    this.#clock.learn(reading)
    return deadline !== null && reading.time >= deadline
  }

  async close(): Promise<void> {
    this.#closed.abort()
    clearInterval(this.#watch)
    await Promise.all([...this.#open].map((connection) => connection.end()))
  }

  async #run<Row>(
    name: StatementName,
    values: readonly Parameter[],
    call: Call,
    attempt: number,
  ): Promise<readonly Row[]> {
    const connection = this.#leastBusy()
    if (!connection) return this.#again(name, values, call, attempt, this.#lostWith, false)
    if (connection.load >= (this.#options.keepsPrepared ? busyFrom : 1)) this.#grow()
    try {
      return await connection.send<Row>(this.#statements[name], values, call.givesUpAt)
    } catch (error) {
      if (isDeparting(error)) connection.destroy()
      return this.#again(name, values, call, attempt, error, !(error instanceof NotSent))
    }
  }

  /** Sends a statement again if it was certainly not carried out and may fare better, unless the caller has given up. */
  async #again<Row>(
    name: StatementName,
    values: readonly Parameter[],
    call: Call,
    attempt: number,
    error: unknown,
    hasLeft: boolean,
  ): Promise<readonly Row[]> {
    const mayFareBetter =
      isContended(error) || isDeparting(error) || error instanceof NotSent || (attempt > 0 && !hasLeft)
    const pauseMs = mayFareBetter ? pausesMs[attempt] : undefined
    if (pauseMs === undefined) throw this.#failure(error, call.operation, hasLeft)
    await wait(systemClock, jittered(pauseMs), call.options?.deadline?.signal)
    throwIfGivenUp(call)
    return this.#run(name, values, call, attempt + 1)
  }

  #leastBusy(): PgConnection | undefined {
    let found: PgConnection | undefined
    for (const connection of this.#open) if (!found || connection.load < found.load) found = connection
    return found
  }

  /** Connects to a server that is a primary. Rejects with the reason that says most. */
  async #connect(): Promise<void> {
    const { settings } = this.#servers
    const others = settings.filter((server) => server !== this.#lastUsed)
    try {
      await firstToAccept({
        servers: this.#lastUsed ? [this.#lastUsed, ...others] : others,
        ask: (server, signal) => this.#connectTo(server, signal),
        discard: (connection) => connection.destroy(),
        headStartMs,
      })
    } catch (error) {
      const { errors } = error as AggregateError
      throw errors.find((reason) => !(reason instanceof IsReplica)) ?? errors[0]
    }
  }

  async #connectTo(settings: ClientSettings, unwanted: AbortSignal): Promise<PgConnection> {
    const { keepsPrepared } = this.#options
    const connection = new PgConnection(this.#pg, settings, keepsPrepared, (error) => this.#lose(connection, error))
    const signals = [this.#closed.signal, unwanted]
    await connecting({ settings, signals, destroy: () => connection.destroy() }, async () => {
      await connection.connect()
      const hello = await readClock(async () =>
        timeIn(await connection.send<Hello>(this.#statements.hello, [keepsPrepared])),
      )
      this.#clock.learn(hello)
      if (hello.is_replica)
        throw new IsReplica(`${settings.host}:${settings.port ?? ''} accepts no writes: it is a replica, or read-only`)
    })
    // The server may have ended it with its answer. No event follows, so it would be kept, and chosen, for ever.
    if (connection.lostWith) throw connection.lostWith
    this.#open.add(connection)
    this.#lastUsed = settings
    this.#lostWith = undefined
    return connection
  }

  #lose(connection: PgConnection, error: Error): void {
    if (!this.#open.delete(connection) || this.#open.size > 0) return
    this.#lostWith = error
    void this.#connectAgain()
  }

  async #connectAgain(): Promise<void> {
    const { signal } = this.#closed
    const backoff = new Backoff(firstRetryMs, longestRetryMs)
    while (!signal.aborted && this.#open.size === 0) {
      try {
        return await this.#connect()
      } catch (error) {
        this.#lostWith = error
      }
      await pause(backoff.next(), undefined, { signal, ref: false }).catch(() => {}) // closed
    }
  }

  /** Makes a further connection in the background. If that fails, those that are there do. */
  #grow(): void {
    if (this.#isGrowing || this.#open.size >= this.#options.most || this.#closed.signal.aborted) return
    this.#isGrowing = true
    this.#connect()
      .catch(() => pause(longestRetryMs, undefined, { ref: false }))
      .finally(() => {
        this.#isGrowing = false
      })
  }

  #leaveStuck(): void {
    const now = performance.now()
    for (const connection of this.#open) if (connection.isStuck(now)) connection.destroy()
  }

  #failure(error: unknown, operation: string, hasLeft: boolean): StorageError {
    const { cache } = this.#options
    if (error instanceof IsReplica)
      return new StorageError('STORAGE_UNAVAILABLE', { cache, operation, reason: reasonOf(error) }, { cause: error })
    return storageFailure(error, { cache, operation, where: this.where, hasLeft })
  }
}

interface Timed {
  readonly time: EpochMs
}

interface Hello extends Timed {
  readonly is_replica: boolean
}

/** The only row of a statement that asks for the time. */
function timeIn<Row extends Timed>([row]: readonly Row[]): Row {
  if (!row) throw new TypeError('The server did not tell its time')
  return row
}

/** The server answers, but accepts no writes. */
class IsReplica extends Error {}
