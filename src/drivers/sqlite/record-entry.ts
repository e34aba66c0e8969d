import type { EpochMs } from '../../storage/contract.js'
import type { QueuedRow } from '../embedded/records.js'
import { rowOf } from '../sql/record-columns.js'
import type { Values } from './client.js'

/** A stored record. */
export interface RecordEntry extends QueuedRow {
  /** Its number, by which its attributes are found. */
  readonly rid: number
}

/** A text that may have NULs: then it is read as bytes, because the client ends a text at its first NUL. */
export type Text = string | Uint8Array

/** The columns of an entry, in the order of the queries. */
type Stored = readonly [
  rid: number,
  wakeAt: EpochMs | null,
  version: string,
  createdAt: EpochMs,
  touchedAt: EpochMs,
  idleMs: number | null,
  endsAt: EpochMs | null,
  dueAt: EpochMs | null,
  hits: number,
  seal: string,
  replaced: string | null,
  principal: Text | null,
  principalSince: EpochMs | null,
  ending: Text | null,
  claimToken: string | null,
  attempt: number,
  lockToken: string | null,
  lockUntil: EpochMs | null,
  description: string | null,
  id?: Text,
]

/** `id`: of a row that was found by its id. The others have it as their last column. */
export function entryOf(values: Values, id?: string): RecordEntry {
  const stored = values as unknown as Stored
  const [rid, queuedAt, version, created_at, touched_at, idle_ms, ends_at, due_at, hits, seal, replaced] = stored
  const [, , , , , , , , , , , principal, principal_since, ending, claim_token, attempt, ...others] = stored
  const [lock_token, lock_until, description, keyOfRow = ''] = others
  const row = rowOf({
    id: id ?? textOf(keyOfRow),
    version,
    created_at,
    touched_at,
    idle_ms,
    ends_at,
    due_at,
    hits,
    seal,
    replaced,
    principal: principal === null ? null : textOf(principal),
    principal_since,
    description,
    ending: ending === null ? null : textOf(ending),
    claim_token,
    attempt,
    lock_token,
    lock_until,
  })
  return { rid, queuedAt, ...row }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

export const textOf = (text: Text): string => (typeof text === 'string' ? text : decoder.decode(text))
