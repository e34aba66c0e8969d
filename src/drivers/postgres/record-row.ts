import type { StoredRecord } from '../../storage/contract.js'
import type { Row } from '../../storage/steps.js'
import { rowOf } from '../sql/record-columns.js'
import { unpacked } from './packed-attributes.js'

/** The head of a record as one value, in the order of `headColumns` in statements.ts. Bytes are in hex. */
export type PackedHead = readonly [
  version: string,
  createdAt: number,
  touchedAt: number,
  idleMs: number | null,
  endsAt: number | null,
  dueAt: number | null,
  hits: number,
  seal: string,
  replaced: string | null,
  principal: string | null,
  principalSince: number | null,
  description: string | null,
  ending: string | null,
  claimToken: string | null,
  attempt: number,
  lockToken: string | null,
  lockUntil: number | null,
]

/** A record as the queries return it. */
export interface ContentRow {
  readonly head: PackedHead
  /** Packed attributes. null: there are none, or the caller holds them. */
  readonly attributes: string | null
}

export function rowIn(id: string, head: PackedHead): Row {
  const [version, created_at, touched_at, idle_ms, ends_at, due_at, hits, seal, replaced, ...others] = head
  const [principal, principal_since, description, ending, claim_token, attempt, lock_token, lock_until] = others
  return rowOf({
    id,
    version,
    created_at,
    touched_at,
    idle_ms,
    ends_at,
    due_at,
    hits,
    seal,
    replaced,
    principal: textOrNull(principal),
    principal_since,
    description: textOrNull(description),
    ending: textOrNull(ending),
    claim_token,
    attempt,
    lock_token,
    lock_until,
  })
}

export const recordIn = (id: string, { head, attributes }: ContentRow): StoredRecord => ({
  ...rowIn(id, head).head,
  attributes: unpacked(attributes),
})

/** A text as bytes, which have NUL and no collation. */
export const bytesOf = (text: string): Buffer => Buffer.from(text)

export const bytesOrNull = (text: string | null | undefined): Buffer | null =>
  text === null || text === undefined ? null : bytesOf(text)

/** The text of bytes in hex. */
export const textOf = (hex: string): string => String(Buffer.from(hex, 'hex'))

const textOrNull = (hex: string | null): string | null => (hex === null ? null : textOf(hex))
