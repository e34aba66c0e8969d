import type { EpochMs, RecordChange, RecordHead, StoredRecord } from '../../storage/contract.js'
import { isLive } from '../../storage/record.js'
import { Damage } from './file-errors.js'
import { attributeKey, attributeName, idOf, type Keyspace, startingWith } from './keys.js'
import { RecordIndexes } from './record-indexes.js'
import { keysIn, type RecordEntry, type Tables } from './tables.js'

/** Not expired, not ended, not claimed. */
export const isLiveEntry = ({ head, claim }: RecordEntry, now: EpochMs): boolean => !claim && isLive(head, now)

/** The records of one space as one transaction sees them; to be used within it. */
export class Records {
  readonly #tables: Tables
  readonly #keys: Keyspace
  readonly #indexes: RecordIndexes

  constructor(tables: Tables, keys: Keyspace) {
    this.#tables = tables
    this.#keys = keys
    this.#indexes = new RecordIndexes(tables, keys)
  }

  find(key: Buffer): RecordEntry | undefined {
    return this.#tables.records.get(key)
  }

  /** For what an index names. */
  get(key: Buffer): RecordEntry {
    const entry = this.find(key)
    if (!entry) throw new Damage('an index names a record that is not there')
    return entry
  }

  findLive(key: Buffer, now: EpochMs): RecordEntry | undefined {
    const entry = this.find(key)
    return entry && isLiveEntry(entry, now) ? entry : undefined
  }

  /** The record of this head, with its attributes. */
  complete(key: Buffer, head: RecordHead): StoredRecord {
    const attributes = new Map<string, Uint8Array>()
    for (const entry of this.#tables.attributes.getRange(startingWith(key)))
      attributes.set(attributeName(entry.key), entry.value)
    return { ...head, attributes }
  }

  countAttributes(key: Buffer): number {
    return this.#tables.attributes.getKeysCount(startingWith(key))
  }

  put(key: Buffer, before: RecordEntry | undefined, after: RecordEntry): void {
    this.#indexes.move(key, before, after)
    this.#tables.records.putSync(key, after)
  }

  remove(key: Buffer, entry: RecordEntry): void {
    this.#indexes.move(key, entry, undefined)
    this.#tables.records.removeSync(key)
    this.#clearAttributes(key, new Set())
  }

  /** `clear`, then `unset`, then `set`; nothing else is read or written. */
  changeAttributes(key: Buffer, change: RecordChange): void {
    if (change.mode === 'update') {
      if (change.clear) this.#clearAttributes(key, new Set(change.clear.except))
      for (const name of change.unset ?? []) this.#tables.attributes.removeSync(attributeKey(key, name))
    }
    for (const [name, value] of change.set ?? []) this.#tables.attributes.putSync(attributeKey(key, name), value)
  }

  due(now: EpochMs, limit: number): readonly Buffer[] {
    return this.#indexes.due(now, limit)
  }

  countLive(now: EpochMs): number {
    return this.#indexes.countLive(now)
  }

  /** All entries, or those of one principal, behind the place where a walk stopped, each with its place. */
  *walk(principal: string | undefined, behind: Buffer | undefined): Generator<{ place: Buffer; entry: RecordEntry }> {
    const prefix = principal === undefined ? this.#keys.prefix : this.#keys.owner(principal)
    const table = principal === undefined ? this.#tables.records : this.#tables.principals
    const { start, end } = startingWith(prefix)
    const range = behind ? { start: Buffer.concat([prefix, behind]), end, exclusiveStart: true } : { start, end }
    for (const key of table.getKeys(range)) {
      const entry = this.find(this.#keys.entryOf(key))
      if (entry && (principal === undefined || entry.head.principal === principal)) yield { place: idOf(key), entry }
    }
  }

  #clearAttributes(key: Buffer, kept: ReadonlySet<string>): void {
    for (const found of keysIn(this.#tables.attributes, startingWith(key)))
      if (!kept.has(attributeName(found))) this.#tables.attributes.removeSync(found)
  }
}
