import type { EpochMs } from '../../storage/contract.js'
import { expiryOf } from '../../storage/record.js'
import type { Row } from '../../storage/steps.js'

/** A record without its attributes, as a row of the table `records`: the same columns in every SQL database. */
export interface RecordColumns {
  readonly id: string
  readonly version: string
  readonly created_at: EpochMs
  readonly touched_at: EpochMs
  readonly idle_ms: number | null
  readonly ends_at: EpochMs | null
  /** The time from which the record may be claimed; null: never. */
  readonly due_at: EpochMs | null
  readonly hits: number
  readonly seal: string
  readonly replaced: string | null
  readonly principal: string | null
  readonly principal_since: EpochMs | null
  readonly description: string | null
  readonly ending: string | null
  /** null: never claimed. */
  readonly claim_token: string | null
  /** The number of claims so far. */
  readonly attempt: number
  /** null: not locked since the last unlock. */
  readonly lock_token: string | null
  readonly lock_until: EpochMs | null
}

export function rowOf(columns: RecordColumns): Row {
  const { claim_token, attempt, lock_token, lock_until } = columns
  const life = { idleMs: columns.idle_ms, endsAt: columns.ends_at }
  const head = {
    id: columns.id,
    version: columns.version,
    createdAt: columns.created_at,
    touchedAt: columns.touched_at,
    ...life,
    expiresAt: expiryOf(life, columns.touched_at),
    hits: columns.hits,
    seal: columns.seal,
    replaced: columns.replaced,
    principal: columns.principal,
    principalSince: columns.principal_since,
    description: columns.description,
    ending: columns.ending,
  }
  return {
    head,
    due: columns.due_at,
    ...(claim_token !== null && { claim: { token: claim_token, attempt } }),
    ...(lock_token !== null && lock_until !== null && { lock: { token: lock_token, until: lock_until } }),
  }
}

export function columnsOf({ head, due, claim, lock }: Row): RecordColumns {
  return {
    id: head.id,
    version: head.version,
    created_at: head.createdAt,
    touched_at: head.touchedAt,
    idle_ms: head.idleMs,
    ends_at: head.endsAt,
    due_at: due,
    hits: head.hits,
    seal: head.seal,
    replaced: head.replaced,
    principal: head.principal,
    principal_since: head.principalSince,
    description: head.description,
    ending: head.ending,
    claim_token: claim?.token ?? null,
    attempt: claim?.attempt ?? 0,
    lock_token: lock?.token ?? null,
    lock_until: lock?.until ?? null,
  }
}
