import type { EpochMs } from '../../storage/contract.js'
import { expiryOf } from '../../storage/record.js'
import type { Row } from '../../storage/steps.js'
import type { Mutable } from '../../support/mutable.js'
import type { QueuedRow } from '../embedded/records.js'
import { type Newer, type Packed, packed, unpacked } from '../packed.js'
import { Damage } from './file-errors.js'

/** A stored record. */
export interface RecordEntry extends QueuedRow {
  /** What a newer version has added to it. It is kept. */
  readonly newer?: Newer
}

/** Whether the record is neither ended nor claimed, so that it is live until it expires. */
export const isOpenEntry = ({ head, claim }: Row): boolean => head.ending === null && !claim

/**
 * Gives a row its place in the queue. A record whose life was only extended keeps its old place, and is checked once too
 * early. Every visit extends a life, and moving the record each time would cost more than the rest of the visit.
 */
export function placed(row: Row, before: RecordEntry | undefined): RecordEntry {
  const place = before?.queuedAt ?? null
  const keepsIt = place !== null && row.due !== null && place <= row.due
  const entry: Mutable<RecordEntry> = { queuedAt: row.due, ...row }
  entry.queuedAt = keepsIt ? place : row.due
  if (before?.newer) entry.newer = before.newer
  return entry
}

/**
 * The stored form. Rare parts come last, so that most entries end before them. Times are relative to `createdAt`, which
 * makes them short.
 */
type Stored = readonly [
  id: string,
  version: string,
  seal: string,
  createdAt: EpochMs,
  touchedAfter: number,
  hits: number,
  idleMs: number | null,
  endsAfter: number | null,
  queuedAfter: number | null,
  replaced?: string | null,
  principal?: string | null,
  ownedAfter?: number | null,
  ending?: string | null,
  /** null: due when it expires. */
  dueAfter?: number | null,
  token?: string | null,
  attempt?: number | null,
  lockToken?: string | null,
  lockedUntilAfter?: number | null,
  description?: string | null,
]

/** How many parts this version knows. A newer one may add others behind them. */
const knownParts = 19
const partsBeforeDescription = 18

export function packEntry({ head, due, queuedAt, claim, lock, newer }: RecordEntry): Buffer {
  const { id, version, seal, createdAt, replaced, hits, idleMs, endsAt, principal, description, ending } = head
  const after = (time: EpochMs | null) => (time === null ? null : time - createdAt)
  const parts: Packed[] = [
    id,
    version,
    seal,
    createdAt,
    head.touchedAt - createdAt,
    hits,
    idleMs,
    after(endsAt),
    after(queuedAt),
  ]
  const isDueAsExpired = due === head.expiresAt
  if (replaced !== null || principal !== null || ending !== null || !isDueAsExpired || claim || lock)
    parts.push(replaced, principal, after(head.principalSince), ending, isDueAsExpired ? null : after(due))
  if (claim || lock) parts.push(claim?.token ?? null, claim?.attempt ?? null)
  if (lock) parts.push(lock.token, lock.until - createdAt)
  if (description !== null) {
    fill(parts, partsBeforeDescription)
    parts.push(description)
  }
  if (newer) fill(parts, knownParts)
  return packed(parts, newer)
}

function fill(parts: Packed[], count: number): void {
  while (parts.length < count) parts.push(null)
}

/** Throws Damage. */
export function unpackEntry(bytes: Uint8Array): RecordEntry {
  const { stored, newer } = storedIn(bytes)
  const [id, version, seal, createdAt, touchedAfter, hits, idleMs, endsAfter, queuedAfter, ...rare] = stored
  const [replaced = null, principal = null, ownedAfter = null, ending = null, dueAfter = null, ...leases] = rare
  const [token, attempt, lockToken, lockedUntilAfter, description = null] = leases
  const at = (after: number | null) => (after === null ? null : createdAt + after)
  const endsAt = at(endsAfter)
  const touchedAt = createdAt + touchedAfter
  const expiresAt = expiryOf({ idleMs, endsAt }, touchedAt)
  const head = {
    id,
    version,
    createdAt,
    touchedAt,
    idleMs,
    endsAt,
    expiresAt,
    hits,
    seal,
    replaced,
    principal,
    principalSince: at(ownedAfter),
    description,
    ending,
  }
  const entry: Mutable<RecordEntry> = { head, due: at(dueAfter) ?? expiresAt, queuedAt: at(queuedAfter) }
  if (typeof token === 'string') entry.claim = { token, attempt: attempt ?? 1 }
  if (typeof lockToken === 'string') entry.lock = { token: lockToken, until: createdAt + (lockedUntilAfter ?? 0) }
  if (newer) entry.newer = newer
  return entry
}

function storedIn(bytes: Uint8Array): { readonly stored: Stored; readonly newer?: Newer | undefined } {
  try {
    const { values, newer } = unpacked(bytes, knownParts)
    return { stored: values as Stored, newer }
  } catch (cause) {
    throw new Damage('a record is damaged, or was stored by another version of koa-scopes', { cause })
  }
}
