import type { EpochMs } from '../../storage/contract.js'
import type { Keyspace } from './keys.js'
import { isOpenEntry, type RecordEntry } from './record-entry.js'
import { keysIn, type Tables } from './tables.js'

const nothing = new Uint8Array()

/**
 * The indexes of one space: the queue of due times, records by principal, and the count. Changed in the same
 * transactions as the records.
 */
export class RecordIndexes {
  readonly #tables: Tables
  readonly #keys: Keyspace

  constructor(tables: Tables, keys: Keyspace) {
    this.#tables = tables
    this.#keys = keys
  }

  move(key: Buffer, before: RecordEntry | undefined, after: RecordEntry | undefined): void {
    this.#moveQueued(key, before?.queuedAt ?? null, after?.queuedAt ?? null)
    this.#movePrincipal(key, before?.head.principal ?? null, after?.head.principal ?? null)
    this.#moveCount(openOnes(after) - openOnes(before))
  }

  /** The keys of the entries queued up to now, in the order of the queue. */
  queued(now: EpochMs, limit?: number): readonly Buffer[] {
    const range = this.#keys.timedUntil(now)
    const keys = keysIn(this.#tables.due, limit === undefined ? range : { ...range, limit })
    return keys.map((key) => this.#keys.entryOf(key))
  }

  /** The number of records that are neither ended nor claimed; expired ones count. */
  countOpen(): number {
    return this.#tables.counts.get(this.#keys.prefix) ?? 0
  }

  #moveQueued(key: Buffer, before: EpochMs | null, after: EpochMs | null): void {
    if (before === after) return
    if (before !== null) this.#tables.due.removeSync(this.#keys.timed(before, key))
    if (after !== null) this.#tables.due.putSync(this.#keys.timed(after, key), nothing)
  }

  #movePrincipal(key: Buffer, before: string | null, after: string | null): void {
    if (before === after) return
    if (before !== null) this.#tables.principals.removeSync(this.#keys.owned(before, key))
    if (after !== null) this.#tables.principals.putSync(this.#keys.owned(after, key), nothing)
  }

  #moveCount(by: number): void {
    if (by !== 0) this.#tables.counts.putSync(this.#keys.prefix, this.countOpen() + by)
  }
}

const openOnes = (entry: RecordEntry | undefined) => (entry && isOpenEntry(entry) ? 1 : 0)
