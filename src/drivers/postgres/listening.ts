import { setTimeout as pause } from 'node:timers/promises'
import { Backoff } from '../../support/backoff.js'
import { firstToAccept } from '../network/first-to-accept.js'
import type { ClientSettings, Pg, PgClient } from './client.js'
import { connecting } from './connecting.js'
import { storageFailure } from './failure.js'
import { headStartMs, type Servers } from './servers.js'

const firstRetryMs = 50
const longestRetryMs = 2_000
/** The time between two questions whether the server is still there, and still a primary. */
const pingEveryMs = 5_000

export interface Audience {
  hear(text: string): void
  /** Notices may have been missed. */
  miss(): void
}

/** A connection that listens on one channel. It is replaced whenever it breaks, until `stop`. */
export class Listening {
  readonly #pg: Pg
  readonly #servers: Servers
  readonly #channel: string
  readonly #cache: string
  #isClosed = false
  #stopped: AbortController | undefined
  #first: Promise<PgClient> | undefined

  constructor(pg: Pg, servers: Servers, channel: string, cache: string) {
    this.#pg = pg
    this.#servers = servers
    this.#channel = channel
    this.#cache = cache
  }

  /** Begins to listen, unless it does already. Throws STORAGE_UNAVAILABLE if no server can be reached now. */
  async start(audience: Audience): Promise<void> {
    this.#first ??= this.#begin(audience)
    const first = this.#first
    try {
      await first
    } catch (error) {
      if (this.#first === first) this.#first = undefined
      throw storageFailure(error, {
        cache: this.#cache,
        operation: 'watch',
        where: this.#servers.where,
        hasLeft: false,
      })
    }
  }

  /** May be followed by another `start`. */
  stop(): void {
    this.#stopped?.abort()
    this.#first = undefined
  }

  /** Ends it for good. */
  close(): void {
    this.#isClosed = true
    this.stop()
  }

  async #begin(audience: Audience): Promise<PgClient> {
    if (this.#isClosed) throw new Error('the driver was closed')
    this.#stopped = new AbortController()
    const { signal } = this.#stopped
    const client = await this.#connect(audience, signal)
    void this.#keepOn(client, audience, signal)
    return client
  }

  async #keepOn(first: PgClient, audience: Audience, signal: AbortSignal): Promise<void> {
    const backoff = new Backoff(firstRetryMs, longestRetryMs)
    let client: PgClient | undefined = first
    while (!signal.aborted) {
      if (client) await this.#whileConnected(client, signal)
      if (signal.aborted) return
      await pause(backoff.next(), undefined, { signal, ref: false }).catch(() => {}) // stopped
      client = await this.#connect(audience, signal).catch(() => undefined) // the calls of this cache report it
      if (!client) continue
      backoff.reset()
      audience.miss()
    }
  }

  /** Connects to the primary and listens there. */
  async #connect(audience: Audience, signal: AbortSignal): Promise<PgClient> {
    try {
      return await firstToAccept({
        servers: this.#servers.settings,
        ask: (server, unwanted) => this.#listenAt(server, audience, [signal, unwanted]),
        discard: ({ connection }) => connection.stream.destroy(),
        headStartMs,
      })
    } catch (error) {
      throw (error as AggregateError).errors.at(-1)
    }
  }

  #listenAt(settings: ClientSettings, audience: Audience, signals: readonly AbortSignal[]): Promise<PgClient> {
    const client = this.#pg.client({ ...settings, pipeline: false })
    client.on('error', () => {}) // its end follows
    client.on('notification', ({ payload = '' }) => audience.hear(payload))
    return connecting({ settings, signals, destroy: () => client.connection.stream.destroy() }, async () => {
      await client.connect()
      await askPrimary(client)
      await client.query({ text: `listen "${this.#channel}"`, values: [] })
      return client
    })
  }

  /** Resolves when the connection has ended, which it also does when its server is no longer the primary. */
  #whileConnected(client: PgClient, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      let isAnswered = true
      const end = () => client.connection.stream.destroy()
      const ping = setInterval(() => {
        if (!isAnswered) return end()
        isAnswered = false
        askPrimary(client).then(() => {
          isAnswered = true
        }, end)
      }, pingEveryMs)
      ping.unref()
      const over = () => {
        clearInterval(ping)
        signal.removeEventListener('abort', end)
        resolve()
      }
      client.on('end', over)
      signal.addEventListener('abort', end)
      if (client.connection.stream.destroyed)
        over() // it has ended before
      else if (signal.aborted) end()
    })
  }
}

/** Notices are sent at the primary only. Rejects if the server is none. */
async function askPrimary(client: PgClient): Promise<void> {
  const { rows } = await client.query({ text: 'select pg_is_in_recovery() as is_replica', values: [] })
  const [row] = rows as readonly { readonly is_replica: boolean }[]
  if (row?.is_replica !== false) throw new Error('the server is a replica')
}
