import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Forgotten } from './checker.js'
import type { RedisProcess } from './redis-process.js'

const patienceMs = 5_000

/**
 * A client that has nothing to do with the project and counts one key up, to find out what Redis itself forgets in a
 * failover: replication follows the order of execution, so that whatever was done before a count that is still known is
 * known too.
 */
export class Canary {
  readonly #redis: Redis
  readonly #key: string
  /** When each count was asked for. */
  readonly #askedAt: number[] = []
  #end = Promise.resolve()
  #failedAt = 0

  constructor({ port }: RedisProcess, key: string) {
    this.#redis = new Redis({ port, retryStrategy: () => null, maxRetriesPerRequest: 0 })
    this.#redis.on('error', () => {}) // its end is what we wait for
    this.#key = key
  }

  /**
   * Counts until the server dies. Resolves when the replica knows the first count: of another run's it could not be told
   * apart, and a replica that has just come back may lag behind for as long as it catches up.
   */
  async start(): Promise<void> {
    await this.#count()
    await this.#redis.wait(1, patienceMs)
    this.#end = this.#countOn()
  }

  /** What the successor does not know though this server had acknowledged it. */
  async forgottenBy({ port }: RedisProcess): Promise<Forgotten> {
    await this.#end
    const successor = new Redis({ port })
    const known = Number(await successor.get(this.#key))
    successor.disconnect()
    return { from: this.#askedAt[known - 1] ?? 0, to: this.#failedAt }
  }

  async #countOn(): Promise<void> {
    try {
      for (;;) {
        await this.#count()
        await pause(1)
      }
    } catch {
      this.#failedAt = performance.now()
      this.#redis.disconnect()
    }
  }

  async #count(): Promise<void> {
    this.#askedAt.push(performance.now())
    await this.#redis.set(this.#key, this.#askedAt.length)
  }
}
