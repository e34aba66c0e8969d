import type { EpochMs, RecordHead } from '../../storage/contract.js'
import { expiryOf, isLive } from '../../storage/record.js'
import { type Packed, packed, unpacked } from '../packed.js'
import { Damage } from './file-errors.js'

/** A record without its attributes. */
export interface RecordEntry {
  readonly head: RecordHead
  /** From when on it may be claimed, again if it has been; null: not at all. */
  readonly due: EpochMs | null
  /** When it will be asked whether it has fallen due: not later than that. */
  readonly queuedAt: EpochMs | null
  /** The last claim, lapsed or not; `attempt` counts them. */
  readonly claim?: { readonly token: string; readonly attempt: number }
}

export type UnqueuedEntry = Omit<RecordEntry, 'queuedAt'>

/** Nobody has ended or claimed it: it is live until it expires. */
export const isOpenEntry = ({ head, claim }: UnqueuedEntry): boolean => head.ending === null && !claim

export const isLiveEntry = ({ head, claim }: UnqueuedEntry, now: EpochMs): boolean => !claim && isLive(head, now)

/**
 * With its place in the queue. A record whose life was only prolonged keeps the one it had and is asked too early, once:
 * every visit prolongs a life, and moving the record each time would cost more than all the rest.
 */
export function placed(entry: UnqueuedEntry, before: RecordEntry | undefined): RecordEntry {
  const place = before?.queuedAt ?? null
  const keepsIt = place !== null && entry.due !== null && place <= entry.due
  return { ...entry, queuedAt: keepsIt ? place : entry.due }
}

/** The rare parts last, so that most entries end before them. Times are told from `createdAt` on, which makes them short. */
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
  sealedAfter?: number,
  principal?: string | null,
  ownedAfter?: number | null,
  ending?: string | null,
  /** null: when it expires. */
  dueAfter?: number | null,
  token?: string,
  attempt?: number,
]

export function packEntry({ head, due, queuedAt, claim }: RecordEntry): Buffer {
  const { id, version, seal, createdAt, sealedAt, hits, idleMs, endsAt, principal, ending } = head
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
  if (sealedAt !== createdAt || principal !== null || ending !== null || !isDueAsExpired || claim)
    parts.push(sealedAt - createdAt, principal, after(head.principalSince), ending, isDueAsExpired ? null : after(due))
  if (claim) parts.push(claim.token, claim.attempt)
  return packed(parts)
}

/** Throws Damage. */
export function unpackEntry(bytes: Uint8Array): RecordEntry {
  const [id, version, seal, createdAt, touchedAfter, hits, idleMs, endsAfter, queuedAfter, ...rare] = storedIn(bytes)
  const [sealedAfter = 0, principal = null, ownedAfter = null, ending = null, dueAfter = null, token, attempt] = rare
  const at = (after: number | null) => (after === null ? null : createdAt + after)
  const life = { idleMs, endsAt: at(endsAfter) }
  const touchedAt = createdAt + touchedAfter
  const expiresAt = expiryOf(life, touchedAt)
  const head = {
    id,
    version,
    createdAt,
    touchedAt,
    ...life,
    expiresAt,
    hits,
    seal,
    sealedAt: createdAt + sealedAfter,
    principal,
    principalSince: at(ownedAfter),
    ending,
  }
  const entry = { head, due: at(dueAfter) ?? expiresAt, queuedAt: at(queuedAfter) }
  return token === undefined || attempt === undefined ? entry : { ...entry, claim: { token, attempt } }
}

function storedIn(bytes: Uint8Array): Stored {
  try {
    const stored = unpacked(bytes)
    if (!Array.isArray(stored)) throw new TypeError('It is not a list')
    return stored as unknown as Stored
  } catch (cause) {
    throw new Damage('a record is damaged, or stored as another version of koa-scopes does it', { cause })
  }
}
