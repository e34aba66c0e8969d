import { LRUCache } from 'lru-cache'
import type { Call, Transactions, Write } from '../embedded/records.js'
import { Keyspace } from './keys.js'
import type { RecordEntry } from './record-entry.js'
import { RecordKey } from './record-key.js'
import { LmdbRecords } from './records.js'
import type { LmdbStore } from './store.js'

/** At most two kilobytes each. */
const mostKept = 5_000

/** The transactions of one space in LMDB. Its keys are digests of ids; those of the records that were used last are kept. */
export class LmdbTransactions implements Transactions<RecordKey, RecordEntry> {
  readonly #store: LmdbStore
  readonly #keys: Keyspace
  readonly #kept = new LRUCache<string, RecordKey>({ max: mostKept })

  constructor(space: string, store: LmdbStore) {
    this.#store = store
    this.#keys = new Keyspace(space)
  }

  keyOf(id: string): RecordKey {
    return this.#kept.get(id) ?? new RecordKey(this.#keys.entry(id))
  }

  read<T>({ operation }: Call, query: (records: LmdbRecords) => T): Promise<T> {
    return this.#store.read(operation, (tables) => query(new LmdbRecords(tables, this.#keys)))
  }

  /** Only keys of records that exist are kept, because ids may have any length. */
  look(id: string): RecordEntry | undefined {
    const key = this.keyOf(id)
    const stored = this.#store.look(key.bytes)
    if (!stored) return undefined
    if (!key.isKnown) this.#kept.set(id, key)
    return key.entryIn(stored)
  }

  write<T>(write: Write, change: (records: LmdbRecords) => T): Promise<T> {
    return this.#store.write(write, (tables) => change(new LmdbRecords(tables, this.#keys)))
  }
}
