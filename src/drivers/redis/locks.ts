import type { CallOptions } from '../../storage/contract.js'
import { callOf } from './call.js'
import type { RedisConnection } from './connection.js'
import type { Keyspace } from './keys.js'
import { scripts } from './scripts.js'

/** Redis removes a lapsed lock so much later by itself, because the callers' time says when it lapses. */
const lateMs = 60_000

export class Locks {
  readonly #connection: RedisConnection
  readonly #keys: Keyspace

  constructor(connection: RedisConnection, keys: Keyspace) {
    this.#connection = connection
    this.#keys = keys
  }

  async take(
    id: string,
    options: CallOptions & { readonly token: string; readonly leaseMs: number },
  ): Promise<boolean> {
    const { now, leaseMs, token } = options
    const parameters = [now, now + leaseMs, Math.ceil(leaseMs + lateMs), token]
    const call = callOf('lock', options)
    return (await this.#connection.run(scripts.lock, [this.#keyOf(id)], parameters, call)) === 1
  }

  async release(id: string, token: string): Promise<boolean> {
    return (await this.#connection.run(scripts.unlock, [this.#keyOf(id)], [token], { operation: 'unlock' })) === 1
  }

  #keyOf(id: string): string {
    return this.#keys.bucketOf(id).lock(id)
  }
}
