import type { EpochMs, ListPage, ListQuery, RecordChange, RecordUpdate, StoredRecord } from '../../storage/contract.js'
import { countLeft, recordWith } from '../../storage/record.js'
import { isLiveRow, type Row } from '../../storage/steps.js'
import type * as embedded from '../embedded/records.js'
import { columnsOf } from '../sql/record-columns.js'
import { wakeAfter } from '../sql/update.js'
import type { Values } from './client.js'
import { entryOf, type RecordEntry, type Text, textOf } from './record-entry.js'
import type { Statements } from './statements.js'

/** The most rows that a page reads. */
const mostPerPage = 1000

/** What a touch leaves as it is. */
const untouchedParts = ['version', 'endsAt', 'seal', 'replaced', 'principalSince', 'description', 'ending'] as const

/** The columns of a new record, in the order of the query. */
const createdColumns = [
  'id',
  'version',
  'created_at',
  'touched_at',
  'idle_ms',
  'ends_at',
  'due_at',
  'hits',
  'seal',
  'replaced',
  'principal',
  'principal_since',
  'description',
  'ending',
] as const

/** The id of a record. */
type Key = string
type Found = embedded.Found<Key, RecordEntry>

export class SqliteRecords implements embedded.Records<Key, RecordEntry> {
  readonly #statements: Statements
  readonly #space: number

  constructor(statements: Statements, space: number) {
    this.#statements = statements
    this.#space = space
  }

  find(id: Key): RecordEntry | undefined {
    const values = this.#statements.find.get([this.#space, id])
    return values && entryOf(values, id)
  }

  complete({ entry }: Found): StoredRecord {
    const rows = this.#statements.attributes.all([entry.rid])
    const attributes = new Map(rows.map(([name, value]) => [textOf(name as Text), value as Uint8Array]))
    return recordWith(entry.head, attributes)
  }

  countLeft({ entry }: Found, change: RecordUpdate): number {
    return countLeft(this.#namesOf(entry), change)
  }

  put(id: Key, before: RecordEntry | undefined, after: Row): Found {
    this.#count(before, after)
    if (!before) return { key: id, entry: this.#create(after) }
    this.#write(before, after)
    const entry = { ...after, rid: before.rid, queuedAt: queuedAt(before, after) }
    if (entry.queuedAt !== before.queuedAt) this.#statements.wake.run([entry.queuedAt, entry.rid])
    const { principal } = after.head
    if (principal !== before.head.principal) this.#statements.own.run([principal, entry.rid])
    return { key: id, entry }
  }

  changeAttributes({ entry }: Found, change: RecordChange): void {
    if (change.mode === 'update') {
      if (change.clear) this.#clear(entry, new Set(change.clear.except))
      for (const name of change.unset ?? []) this.#statements.unset.run([entry.rid, name])
    }
    for (const [name, value] of change.set ?? []) this.#statements.set.run([entry.rid, name, value])
  }

  remove({ entry }: Found): void {
    this.#count(entry, undefined)
    this.#statements.clear.run([entry.rid])
    this.#statements.remove.run([entry.rid])
  }

  isAnyQueued(now: EpochMs): boolean {
    return this.#statements['is-any-queued'].get([this.#space, now])?.[0] === 1
  }

  queued(now: EpochMs, limit: number): readonly Found[] {
    return this.#statements.queued.all([this.#space, now, limit]).map(foundIn)
  }

  requeue({ entry }: Found): void {
    this.#statements.wake.run([entry.due, entry.rid])
  }

  countLive(now: EpochMs): number {
    return Number(this.#statements.count.get([this.#space, now])?.[0] ?? 0)
  }

  /** The cursor is the id at which the page before stopped. */
  list({ now, limit, cursor, principal }: ListQuery): ListPage {
    const most = Math.min(limit, mostPerPage)
    const rows = this.#page(principal, cursor === undefined ? '' : successorOf(cursor), most).map(foundIn)
    const items = rows.filter(({ entry }) => isLiveRow(entry, now)).map(({ entry }) => entry.head)
    const last = rows.at(-1)
    return rows.length === most && last ? { items, cursor: last.key } : { items }
  }

  #page(principal: string | undefined, firstId: Key, limit: number): readonly Values[] {
    return principal === undefined
      ? this.#statements.list.all([this.#space, firstId, limit])
      : this.#statements['list-owned'].all([this.#space, principal, firstId, limit])
  }

  #create(row: Row): RecordEntry {
    const columns = columnsOf(row)
    const values = createdColumns.map((name) => columns[name])
    const { lastInsertRowid } = this.#statements.create.run([this.#space, row.due, ...values])
    return { rid: Number(lastInsertRowid), queuedAt: row.due, ...row }
  }

  /** Writes the columns that the step may have changed, other than the indexed ones. */
  #write({ rid, head: before }: RecordEntry, { head, due, claim, lock }: Row): void {
    if (head === before) {
      const locked = [lock?.token ?? null, lock?.until ?? null]
      this.#statements.lease.run([due, claim?.token ?? null, claim?.attempt ?? 0, ...locked, rid])
      return
    }
    const { version, touchedAt, hits, idleMs, endsAt, seal, replaced, principalSince, description, ending } = head
    if (untouchedParts.every((part) => head[part] === before[part])) {
      this.#statements.touch.run([touchedAt, hits, idleMs, due, rid])
      return
    }
    const life = [touchedAt, idleMs, endsAt, due, hits]
    this.#statements.update.run([version, ...life, seal, replaced, principalSince, description, ending, rid])
  }

  #count(before: Row | undefined, after: Row | undefined): void {
    const by = openOnes(after) - openOnes(before)
    if (by !== 0) this.#statements['count-open'].run([by, this.#space])
  }

  #clear(entry: RecordEntry, kept: ReadonlySet<string>): void {
    if (kept.size === 0) this.#statements.clear.run([entry.rid])
    else for (const name of this.#namesOf(entry)) if (!kept.has(name)) this.#statements.unset.run([entry.rid, name])
  }

  #namesOf({ rid }: RecordEntry): readonly string[] {
    return this.#statements.names.all([rid]).map(([name]) => textOf(name as Text))
  }
}

function foundIn(values: Values): Found {
  const entry = entryOf(values)
  return { key: entry.head.id, entry }
}

/** A claim moves the record to the end of its lease; a longer life leaves it where it is. */
const queuedAt = (before: RecordEntry, after: Row): EpochMs | null =>
  after.claim === before.claim ? wakeAfter(before.queuedAt, after.due) : after.due

/** The least text that is greater than this one. */
const successorOf = (text: string): string => `${text}\0`

/** 1 for a record that is neither ended nor claimed, so that it is live until it expires. */
const openOnes = (row: Row | undefined): number => (row && row.head.ending === null && !row.claim ? 1 : 0)
