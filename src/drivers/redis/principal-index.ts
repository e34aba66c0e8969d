import { StorageError } from '../../storage/storage-error.js'
import type { Call } from '../network/call.js'
import type { RedisConnection } from './connection.js'
import type { Keyspace } from './keys.js'
import { scripts } from './scripts.js'
import { textsIn } from './texts.js'

/** The principal of a record, and the time of its entry in the index. */
export interface Ownership {
  readonly principal: string
  readonly entered: string
}

/**
 * The index of records by principal. An entry is made before the record that it points to, and may outlive it; only the
 * record decides whether it is true. So a crash between the two loses nothing.
 */
export class PrincipalIndex {
  readonly #connection: RedisConnection
  readonly #keys: Keyspace

  constructor(connection: RedisConnection, keys: Keyspace) {
    this.#connection = connection
    this.#keys = keys
  }

  /** Makes an entry. To be awaited before the record is saved; the record keeps the returned time of the entry. */
  async enter(principal: string, id: string, call: Call): Promise<string> {
    return String(await this.#connection.run(scripts.enter, [this.#keys.principal(principal)], [id], call))
  }

  /** The ids of the records that may belong to the principal, sorted. */
  async hints(principal: string, call: Call): Promise<readonly string[]> {
    const ids = await this.#connection.command<Buffer[]>(call, 'zrange', this.#keys.principal(principal), 0, -1)
    return textsIn(ids).sort()
  }

  /** Removes the entries of records that turned out to belong to others. Recent entries stay: a save under way may make them true. */
  deny(principal: string, ids: readonly string[]): Promise<void> {
    return this.#forget(principal, ids, '')
  }

  /** Removes the entry of a record that was deleted. */
  forget(id: string, { principal, entered }: Ownership): Promise<void> {
    return this.#forget(principal, [id], entered)
  }

  /** Ignores failures of the store: a wrong entry does no harm, and the next listing tries to remove it again. */
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
