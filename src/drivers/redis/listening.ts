import { setTimeout as pause } from 'node:timers/promises'
import { Backoff } from '../../support/backoff.js'
import type { RedisServers, RedisSubscriber } from './client.js'

const firstRetryMs = 50
const longestRetryMs = 2_000
/** The time between two pings; the client closes the connection if a ping is not answered. */
const pingEveryMs = 5_000

/** The owner of a listening connection. */
export interface Audience {
  channels(): readonly string[]
  hear(channel: string, message: string): void
  /** Messages may have been missed. */
  miss(): void
}

/** A connection that listens to channels. It is replaced whenever it breaks, until `stop`. */
export class Listening {
  readonly #servers: RedisServers
  readonly #audience: Audience
  readonly #stopped = new AbortController()
  #subscriber: Promise<RedisSubscriber>

  constructor(servers: RedisServers, audience: Audience) {
    this.#servers = servers
    this.#audience = audience
    this.#subscriber = this.#connect()
    void this.#keepOn()
  }

  /** Rejects while there is no connection. */
  async subscribe(channel: string): Promise<void> {
    const subscriber = await this.#subscriber
    await subscriber.subscribe(channel)
  }

  /** Unsubscribes. A failure is ignored: without a connection there is no subscription. */
  async unsubscribe(channel: string): Promise<void> {
    await this.#subscriber.then((subscriber) => subscriber.unsubscribe(channel)).catch(() => {})
  }

  stop(): void {
    this.#stopped.abort()
  }

  async #keepOn(): Promise<void> {
    const { signal } = this.#stopped
    const backoff = new Backoff(firstRetryMs, longestRetryMs)
    while (!signal.aborted) {
      const subscriber = await this.#subscriber.catch(() => undefined) // `subscribe` reports it
      if (subscriber) {
        backoff.reset()
        await this.#end(subscriber)
      }
      await pause(backoff.next(), undefined, { signal, ref: false }).catch(() => {}) // stopped
      if (!signal.aborted) this.#subscriber = this.#connectAgain()
    }
  }

  async #connectAgain(): Promise<RedisSubscriber> {
    const subscriber = await this.#connect()
    try {
      await subscriber.subscribe(...this.#audience.channels())
    } catch (error) {
      subscriber.disconnect()
      throw error
    }
    this.#audience.miss()
    return subscriber
  }

  async #connect(): Promise<RedisSubscriber> {
    const chosen = this.#servers.subscriber()
    if (!chosen) throw new Error('no server is known')
    const { client, isCurrent } = chosen
    let lost: Error | undefined
    client.on('error', (error) => {
      lost = error
    })
    client.on('message', (channel, message) => this.#audience.hear(channel, message))
    await client.connect().catch((error) => {
      throw lost ?? error
    })
    const ping = setInterval(() => {
      if (isCurrent())
        client.ping().catch(() => {}) // the event 'end' follows
      else client.disconnect()
    }, pingEveryMs)
    ping.unref()
    client.once('end', () => clearInterval(ping))
    return client
  }

  /** Resolves when the connection has ended; closes it if this is stopped. */
  #end(subscriber: RedisSubscriber): Promise<void> {
    const { signal } = this.#stopped
    return new Promise((resolve) => {
      const disconnect = () => subscriber.disconnect()
      subscriber.once('end', () => {
        signal.removeEventListener('abort', disconnect)
        resolve()
      })
      signal.addEventListener('abort', disconnect)
      if (signal.aborted) disconnect()
    })
  }
}
