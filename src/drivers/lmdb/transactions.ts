import type { Call, Transactions, Write } from '../embedded/records.js'
import { Keyspace } from './keys.js'
import { type RecordEntry, unpackEntry } from './record-entry.js'
import { LmdbRecords } from './records.js'
import type { LmdbStore } from './store.js'

/** The transactions of one space in LMDB. Its keys are digests of ids. */
export class LmdbTransactions implements Transactions<Buffer, RecordEntry> {
  readonly #store: LmdbStore
  readonly #keys: Keyspace

  constructor(space: string, store: LmdbStore) {
    this.#store = store
    this.#keys = new Keyspace(space)
  }

  keyOf(id: string): Buffer {
    return this.#keys.entry(id)
  }

  read<T>({ operation }: Call, query: (records: LmdbRecords) => T): Promise<T> {
    return this.#store.read(operation, (tables) => query(new LmdbRecords(tables, this.#keys)))
  }

  look(key: Buffer): RecordEntry | undefined {
    const bytes = this.#store.look(key)
    return bytes && unpackEntry(bytes)
  }

  write<T>(write: Write, change: (records: LmdbRecords) => T): Promise<T> {
    return this.#store.write(write, (tables) => change(new LmdbRecords(tables, this.#keys)))
  }
}
