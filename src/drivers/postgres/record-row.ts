import type { StoredRecord } from '../../storage/contract.js'
import type { Row } from '../../storage/steps.js'
import { type RecordColumns, rowOf } from '../sql/record-columns.js'
import { unpacked } from './packed-attributes.js'

/** The columns of a record as the queries return them. */
export type RecordRow = Omit<RecordColumns, 'id' | 'principal' | 'ending'> & {
  readonly id: Buffer
  readonly principal: Buffer | null
  readonly ending: Buffer | null
}

export interface ContentRow extends RecordRow {
  /** Packed attributes. null: there are none, or the caller holds them. */
  readonly attributes: Buffer | null
}

export function rowIn(record: RecordRow): Row {
  const { id, principal, ending } = record
  return rowOf({
    ...record,
    id: String(id),
    principal: principal && String(principal),
    ending: ending && String(ending),
  })
}

export const recordIn = (record: ContentRow): StoredRecord => ({
  ...rowIn(record).head,
  attributes: unpacked(record.attributes),
})

/** A text as bytes, which have NUL and no collation. */
export const bytesOf = (text: string): Buffer => Buffer.from(text)

export const bytesOrNull = (text: string | null | undefined): Buffer | null =>
  text === null || text === undefined ? null : bytesOf(text)
