import { isDeepStrictEqual } from 'node:util'
import type { EpochMs } from '../../storage/contract.js'
import { expiryOf } from '../../storage/record.js'
import type { Row } from '../../storage/steps.js'
import { type Attributes, attributesIn, storedAttributes } from './attributes.js'
import type { Fields } from './client.js'
import { DocumentUpdate } from './update.js'

/*
 * A record is one document. What is null in the contract is absent. Members that are not known here belong to newer versions
 * of this package: they are kept and not read.
 */

interface RecordDocument {
  readonly _id: string
  readonly version: string
  readonly createdAt: EpochMs
  readonly touchedAt: EpochMs
  readonly idleMs?: number
  readonly endsAt?: EpochMs
  readonly hits: number
  readonly seal: string
  readonly replaced?: string
  readonly principal?: string
  readonly principalSince?: EpochMs
  readonly description?: string
  readonly ending?: string
  readonly token?: string
  readonly attempt?: number
  readonly lock?: { readonly token: string; readonly until: EpochMs }
  /**
   * Never later than the time from which the record may be claimed, and that time itself if the record was ended or claimed. A
   * touch leaves it alone, because it is indexed. Absent: never.
   */
  readonly wakeAt?: EpochMs
  /** One higher with every change. */
  readonly stamp: number
}

/** A record as it was read. `attributes` is empty if they were not asked for. */
export interface Found {
  readonly row: Row
  readonly stamp: number
  readonly wakeAt: EpochMs | null
  readonly attributes: Attributes
}

/** The projection of a record without its attributes. */
export const withoutAttributes = { attributes: 0 } as const

/** undefined if it is no record, because another program or person changed it. */
export function foundIn(fields: Fields): Found | undefined {
  if (!isRecord(fields)) return undefined
  const { _id: id, version, createdAt, touchedAt, idleMs = null, endsAt = null, hits, seal } = fields
  const { replaced = null, principal = null, principalSince = null, description = null, ending = null } = fields
  const expiresAt = expiryOf({ idleMs, endsAt }, touchedAt)
  const life = { touchedAt, idleMs, endsAt, expiresAt }
  const owner = { principal, principalSince, description }
  const head = { id, version, createdAt, ...life, hits, seal, replaced, ...owner, ending }
  const { token, attempt = 0, lock, wakeAt = null, stamp } = fields
  const row = {
    head,
    due: token === undefined && ending === null ? expiresAt : wakeAt,
    ...(token !== undefined && { claim: { token, attempt } }),
    ...(lock && { lock }),
  }
  return { row, stamp, wakeAt, attributes: attributesIn(fields.attributes) }
}

function isRecord(fields: Fields): fields is Fields & RecordDocument {
  const texts = ['_id', 'version', 'seal'].every((name) => typeof fields[name] === 'string')
  return texts && ['createdAt', 'touchedAt', 'hits', 'stamp'].every((name) => typeof fields[name] === 'number')
}

export const newDocument = (row: Row, attributes: Attributes): Fields => ({
  _id: row.head.id,
  ...Object.fromEntries(Object.entries(membersOf(row)).filter(([, value]) => value !== null)),
  stamp: 1,
  attributes: storedAttributes(attributes),
})

/** The members of a row, null for those that are to be absent. */
function membersOf({ head, due, claim, lock }: Row): Record<string, unknown> {
  const { id: _, expiresAt: __, ...members } = head
  return { ...members, wakeAt: due, token: claim?.token ?? null, attempt: claim?.attempt ?? null, lock: lock ?? null }
}

/** The changes that make one row of another. Names only what differs, so that no index is written without need. */
export function rowUpdate(before: Found, after: Row): DocumentUpdate {
  const old = new Map(Object.entries({ ...membersOf(before.row), wakeAt: before.wakeAt }))
  const update = new DocumentUpdate()
  for (const [name, value] of Object.entries(membersOf(after)))
    if (!isDeepStrictEqual(value, old.get(name))) update.put(name, value)
  return update
}
