import type { EpochMs, ListPage, ListQuery, RecordChange, RecordUpdate, StoredRecord } from '../../storage/contract.js'
import { countLeft, recordWith } from '../../storage/record.js'
import { isLiveRow, type Row } from '../../storage/steps.js'
import type * as embedded from '../embedded/records.js'
import { Damage } from './file-errors.js'
import { attributeKey, attributeName, attributesOf, idOf, type Keyspace, startingWith } from './keys.js'
import { list } from './list.js'
import { isOpenEntry, packEntry, placed, type RecordEntry } from './record-entry.js'
import { RecordIndexes } from './record-indexes.js'
import { RecordKey } from './record-key.js'
import { keysIn, type Tables } from './tables.js'

type Found = embedded.Found<RecordKey, RecordEntry>

/** The records of one space as one transaction sees them, for use within it. */
export class LmdbRecords implements embedded.Records<RecordKey, RecordEntry> {
  readonly #tables: Tables
  readonly #keys: Keyspace
  readonly #indexes: RecordIndexes

  constructor(tables: Tables, keys: Keyspace) {
    this.#tables = tables
    this.#keys = keys
    this.#indexes = new RecordIndexes(tables, keys)
  }

  find(key: RecordKey): RecordEntry | undefined {
    const stored = this.#tables.records.get(key.bytes)
    return stored && key.entryIn(stored)
  }

  complete({ key, entry }: Found): StoredRecord {
    const attributes = new Map<string, Uint8Array>()
    for (const { key: name, value } of this.#tables.records.getRange(attributesOf(key.bytes)))
      attributes.set(attributeName(name), value)
    return recordWith(entry.head, attributes)
  }

  countLeft({ key }: Found, change: RecordUpdate): number {
    return countLeft(keysIn(this.#tables.records, attributesOf(key.bytes)).map(attributeName), change)
  }

  put(key: RecordKey, before: RecordEntry | undefined, after: Row): Found {
    const entry = placed(after, before)
    this.#write(key, before, entry)
    return { key, entry }
  }

  requeue({ key, entry }: Found): void {
    this.#write(key, entry, { ...entry, queuedAt: entry.due })
  }

  /** Removes a record, with everything that a newer version of this package may have stored under its key. */
  remove({ key, entry }: Found): void {
    this.#indexes.move(key.bytes, entry, undefined)
    for (const found of keysIn(this.#tables.records, startingWith(key.bytes))) this.#tables.records.removeSync(found)
  }

  /** Reads and writes no other attribute than those that the change names. */
  changeAttributes({ key }: Found, change: RecordChange): void {
    if (change.mode === 'update') {
      if (change.clear) this.#clearAttributes(key.bytes, new Set(change.clear.except))
      for (const name of change.unset ?? []) this.#tables.records.removeSync(attributeKey(key.bytes, name))
    }
    for (const [name, value] of change.set ?? []) this.#tables.records.putSync(attributeKey(key.bytes, name), value)
  }

  isAnyQueued(now: EpochMs): boolean {
    return this.#indexes.queued(now, 1).length > 0
  }

  queued(now: EpochMs, limit?: number): readonly Found[] {
    return this.#indexes.queued(now, limit).map((bytes) => {
      const key = new RecordKey(bytes)
      const entry = this.find(key)
      if (!entry) throw new Damage('an index names a record that does not exist')
      return { key, entry }
    })
  }

  countLive(now: EpochMs): number {
    const expired = this.queued(now).filter(({ entry }) => isOpenEntry(entry) && !isLiveRow(entry, now))
    return this.#indexes.countOpen() - expired.length
  }

  list(query: ListQuery): ListPage {
    return list(this, query)
  }

  /** Walks all entries, or those of one principal, from behind a place on; yields each entry with its place. */
  *walk(principal: string | undefined, behind: Buffer | undefined): Generator<{ place: Buffer; entry: RecordEntry }> {
    const prefix = principal === undefined ? this.#keys.prefix : this.#keys.owner(principal)
    const table = principal === undefined ? this.#tables.records : this.#tables.principals
    const { start, end } = startingWith(prefix)
    let from = behind ? startingWith(Buffer.concat([prefix, behind])).end : start
    for (;;) {
      const [key] = keysIn(table, { start: from, end, limit: 1 })
      if (!key) return
      const entry = this.find(new RecordKey(this.#keys.entryOf(key)))
      if (entry && (principal === undefined || entry.head.principal === principal)) yield { place: idOf(key), entry }
      from = startingWith(key).end
    }
  }

  #write(key: RecordKey, before: RecordEntry | undefined, after: RecordEntry): void {
    this.#indexes.move(key.bytes, before, after)
    const packed = packEntry(after)
    key.keep(Uint8Array.from(packed), after)
    this.#tables.records.putSync(key.bytes, packed)
  }

  #clearAttributes(key: Buffer, kept: ReadonlySet<string>): void {
    for (const found of keysIn(this.#tables.records, attributesOf(key)))
      if (!kept.has(attributeName(found))) this.#tables.records.removeSync(found)
  }
}
