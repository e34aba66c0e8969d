import type { EpochMs, StoredRecord } from '../../storage/contract.js'
import type { Row as Record } from '../../storage/steps.js'
import { type RecordColumns, rowOf } from '../sql/record-columns.js'
import type { Row } from './line.js'

/** A record as the tables have it. */
export interface Found {
  readonly row: Record
  readonly wakeAt: EpochMs | null
}

/** Texts are sent as bytes, so that no character set is converted. */
export const bytes = (text: string): Buffer => Buffer.from(text)
export const bytesOrNull = (text: string | null): Buffer | null => (text === null ? null : bytes(text))

/** A value as a Buffer over the same bytes: mariadb sends no other array as bytes. */
export const buffer = (value: Uint8Array): Buffer => Buffer.from(value.buffer, value.byteOffset, value.byteLength)

export function foundIn(columns: Row): Found {
  return { row: rowOf(columnsIn(columns)), wakeAt: numberIn(columns.wake_at) }
}

function columnsIn(columns: Row): RecordColumns {
  return {
    id: String(columns.id),
    version: String(columns.version),
    created_at: Number(columns.created_at),
    touched_at: Number(columns.touched_at),
    idle_ms: numberIn(columns.idle_ms),
    ends_at: numberIn(columns.ends_at),
    due_at: numberIn(columns.due_at),
    hits: Number(columns.hits),
    seal: String(columns.seal),
    replaced: textIn(columns.replaced),
    principal: textIn(columns.principal),
    principal_since: numberIn(columns.principal_since),
    description: textIn(columns.description),
    ending: textIn(columns.ending),
    claim_token: textIn(columns.claim_token),
    attempt: Number(columns.attempt),
    lock_token: textIn(columns.lock_token),
    lock_until: numberIn(columns.lock_until),
  }
}

/** The attributes in rows with `name` and `value`. */
export const attributesIn = (rows: readonly Row[]): StoredRecord['attributes'] =>
  new Map(rows.map(({ name, value }) => [String(name), value as Uint8Array]))

export const numberIn = (value: unknown): number | null =>
  value === null || value === undefined ? null : Number(value)
const textIn = (value: unknown): string | null => (value === null || value === undefined ? null : String(value))
