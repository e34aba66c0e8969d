import type {
  CallOptions,
  EpochMs,
  ListPage,
  ListQuery,
  RecordChange,
  RecordUpdate,
  StoredRecord,
} from '../../storage/contract.js'
import type { Row } from '../../storage/steps.js'

/*
 * What the embedded stores share: LMDB and SQLite run in this process, so a transaction takes the steps of the contract on
 * rows, in plain JavaScript. A store adds where a row is, and how a transaction begins and ends.
 */

/** A row with its place in the queue of due times. */
export interface QueuedRow extends Row {
  /** The time at which it is checked whether the record is due. Never later than `due`. */
  readonly queuedAt: EpochMs | null
}

/** A record's place in the store, with its row. */
export interface Found<Key, Entry extends QueuedRow> {
  readonly key: Key
  readonly entry: Entry
}

/** The records of one space as one transaction sees them, for use within it. */
export interface Records<Key, Entry extends QueuedRow> {
  find(key: Key): Entry | undefined
  /** The record with its attributes. */
  complete(found: Found<Key, Entry>): StoredRecord
  /** How many attributes an update that sets none would leave. */
  countLeft(found: Found<Key, Entry>, change: RecordUpdate): number
  /** Writes a row in place of the one before; returns the record as it is then. */
  put(key: Key, before: Entry | undefined, after: Row): Found<Key, Entry>
  /** Applies `clear`, then `unset`, then `set`. */
  changeAttributes(found: Found<Key, Entry>, change: RecordChange): void
  /** Removes a record with its attributes. */
  remove(found: Found<Key, Entry>): void
  isAnyQueued(now: EpochMs): boolean
  /** The records whose place in the queue is reached, in its order. They may be due. */
  queued(now: EpochMs, limit: number): readonly Found<Key, Entry>[]
  /** Moves the record to the place of its due time in the queue. */
  requeue(found: Found<Key, Entry>): void
  countLive(now: EpochMs): number
  list(query: ListQuery): ListPage
}

export interface Call {
  readonly operation: string
  readonly options?: Pick<CallOptions, 'deadline'>
}

export interface Write extends Call {
  /** Whether it adds content, so that `maxBytes` applies. */
  readonly grows?: boolean
}

/** The transactions of one space. */
export interface Transactions<Key, Entry extends QueuedRow> {
  keyOf(id: string): Key
  /** Runs `query` on one snapshot, with everything that any process of this host has committed. */
  read<T>(call: Call, query: (records: Records<Key, Entry>) => T): Promise<T>
  /** The row of this id, as any process of this host has committed it, without waiting. May throw anything. */
  look(id: string): Entry | undefined
  /** Runs `change` in a transaction, and resolves when it is as durable as configured. If `change` throws, its own writes are undone. */
  write<T>(write: Write, change: (records: Records<Key, Entry>) => T): Promise<T>
}
