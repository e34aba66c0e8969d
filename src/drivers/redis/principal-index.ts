import type { EpochMs } from '../../storage/contract.js'
import type { Call, RedisConnection } from './connection.js'
import type { Keyspace } from './keys.js'
import type { FormerOwner } from './replies.js'
import { scripts } from './scripts.js'

/** A save that was begun so long ago has been made or has failed. */
const settledMs = 60_000

/** A record that may belong to a principal. */
export interface Hint {
  readonly id: string
  readonly writtenAt: EpochMs
}

/**
 * Which records may belong to a principal. An entry is written before the record it points to and may outlive it; only
 * the record says whether it is true. So a crash between the two loses nothing.
 */
export class PrincipalIndex {
  readonly #connection: RedisConnection
  readonly #keys: Keyspace

  constructor(connection: RedisConnection, keys: Keyspace) {
    this.#connection = connection
    this.#keys = keys
  }

  /** To be awaited before the record is saved. */
  async add(principal: string, id: string, now: EpochMs, call: Call): Promise<void> {
    await this.#connection.command(call, 'zadd', this.#keys.principal(principal), now, id)
  }

  /** In the order of their ids. */
  async hints(principal: string, call: Call): Promise<readonly Hint[]> {
    const key = this.#keys.principal(principal)
    const pairs = await this.#connection.command<Buffer[]>(call, 'zrange', key, 0, -1, 'withscores')
    const texts = pairs.map(String)
    const hints = texts.flatMap((id, n) => (n % 2 === 0 ? [{ id, writtenAt: Number(texts[n + 1]) }] : []))
    return hints.sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  /** After these hints have turned out to be wrong. Those that a save under way may be about to make true stay. */
  async deny(principal: string, hints: readonly Hint[], now: EpochMs, call: Call): Promise<void> {
    const upTo = now - settledMs
    const ids = hints.filter(({ writtenAt }) => writtenAt <= upTo).map(({ id }) => id)
    if (ids.length > 0) await this.#remove(principal, ids, upTo, call)
  }

  /** After the record itself has gone: what was written for it means nothing any more. */
  forget(id: string, { principal, since }: FormerOwner, call: Call): Promise<void> {
    return this.#remove(principal, [id], since, call)
  }

  async #remove(principal: string, ids: readonly string[], upTo: EpochMs, call: Call): Promise<void> {
    await this.#connection.run(scripts.forget, [this.#keys.principal(principal)], [upTo, ...ids], call)
  }
}
