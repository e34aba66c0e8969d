import { StorageError } from '../../storage/storage-error.js'
import type { Call } from './call.js'
import type { RedisConnection } from './connection.js'
import type { Keyspace } from './keys.js'
import { scripts } from './scripts.js'

/** Whose a record was, and when that was entered in the index. */
export interface Ownership {
  readonly principal: string
  readonly entered: string
}

/**
 * Which records may belong to a principal. An entry is made before the record it points to and may outlive it; only the
 * record says whether it is true. So a crash between the two loses nothing.
 */
export class PrincipalIndex {
  readonly #connection: RedisConnection
  readonly #keys: Keyspace

  constructor(connection: RedisConnection, keys: Keyspace) {
    this.#connection = connection
    this.#keys = keys
  }

  /** To be awaited before the record is saved, which keeps what it returns: the time of the entry. */
  async enter(principal: string, id: string, call: Call): Promise<string> {
    return String(await this.#connection.run(scripts.enter, [this.#keys.principal(principal)], [id], call))
  }

  /** The ids of the records that may belong to the principal, in their own order. */
  async hints(principal: string, call: Call): Promise<readonly string[]> {
    const ids = await this.#connection.command<Buffer[]>(call, 'zrange', this.#keys.principal(principal), 0, -1)
    return ids.map(String).sort()
  }

  /** After these records have turned out not to be the principal's. Entries that a save may be about to make true stay. */
  deny(principal: string, ids: readonly string[]): Promise<void> {
    return this.#forget(principal, ids, '')
  }

  /** After the record itself has gone. */
  forget(id: string, { principal, entered }: Ownership): Promise<void> {
    return this.#forget(principal, [id], entered)
  }

  /** What cannot be removed now does no harm, and the next listing tries again: no reason to fail what came before. */
  async #forget(principal: string, ids: readonly string[], upTo: string): Promise<void> {
    if (ids.length === 0) return
    const key = this.#keys.principal(principal)
    try {
      await this.#connection.run(scripts.forget, [key], [upTo, ...ids], { operation: 'forget' })
    } catch (error) {
      if (!(error instanceof StorageError)) throw error
    }
  }
}
