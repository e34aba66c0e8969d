import type { Call, Transactions, Write } from '../embedded/records.js'
import type { RecordEntry } from './record-entry.js'
import { SqliteRecords } from './records.js'
import type { SqliteStore } from './store.js'

/** The transactions of one space in SQLite. */
export class SqliteTransactions implements Transactions<string, RecordEntry> {
  readonly #store: SqliteStore
  readonly #space: string

  constructor(space: string, store: SqliteStore) {
    this.#store = store
    this.#space = space
  }

  keyOf(id: string): string {
    return id
  }

  read<T>(call: Call, query: (records: SqliteRecords) => T): Promise<T> {
    return this.#store.read(call, this.#space, (statements, space) => query(new SqliteRecords(statements, space)))
  }

  look(id: string): RecordEntry | undefined {
    return this.#store.look(this.#space, (statements, space) => new SqliteRecords(statements, space).find(id))
  }

  write<T>(write: Write, change: (records: SqliteRecords) => T): Promise<T> {
    return this.#store.write(write, this.#space, (statements, space) => change(new SqliteRecords(statements, space)))
  }
}
