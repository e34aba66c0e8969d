/*
 * What the contract says about one record, as pure functions. A driver that keeps heads as objects computes with these;
 * one whose store computes (a script, a query) says the same in the store's language.
 */
import type { Mutable } from '../support/mutable.js'
import type {
  EpochMs,
  Life,
  RecordChange,
  RecordCreate,
  RecordHead,
  RecordUpdate,
  SaveResult,
  Touch,
} from './contract.js'

/** The ending of a record that `dropIfEmpty` has emptied. */
export const vacant = 'vacant'

/** How long a vacant record can be filled again by a request that loaded it before. */
const vacancyMs = 60_000

/** When a record of this life expires that was last accessed at `touchedAt`; null: never. */
export function expiryOf({ idleMs, endsAt }: Life, touchedAt: EpochMs): EpochMs | null {
  if (idleMs === null) return endsAt
  return Math.min(touchedAt + idleMs, endsAt ?? Number.POSITIVE_INFINITY)
}

/** Neither expired nor ended. Whether it is claimed, which makes it missing too, is not for the head to say. */
export function isLive({ expiresAt, ending }: RecordHead, now: EpochMs): boolean {
  return ending === null && (expiresAt === null || expiresAt > now)
}

/** From when on the record may be claimed, if nothing changes; null: not at all. `now` is the time of the change that made this head. */
export function dueOf({ expiresAt, ending }: RecordHead, now: EpochMs): EpochMs | null {
  if (ending === vacant) return now + vacancyMs
  return ending === null ? expiresAt : Math.min(now, expiresAt ?? now)
}

export function newHead({ id, version, seal, life, principal, touch }: RecordCreate, now: EpochMs): RecordHead {
  const touchedAt = touch?.touchedAt ?? now
  return {
    id,
    version,
    createdAt: now,
    touchedAt,
    idleMs: life.idleMs,
    endsAt: life.endsAt,
    expiresAt: expiryOf(life, touchedAt),
    hits: touch?.hits ?? 0,
    seal,
    sealedAt: now,
    principal: principal ?? null,
    principalSince: principal === undefined ? null : now,
    ending: null,
  }
}

/** The head, or the whole record, after an access; the very same when there was none. */
export function touched<Head extends RecordHead>(head: Head, touch: Touch | undefined): Head {
  if (!touch) return head
  const touchedAt = Math.max(head.touchedAt, touch.touchedAt)
  return { ...head, touchedAt, hits: head.hits + (touch.hits ?? 0), expiresAt: expiryOf(head, touchedAt) }
}

/** Whether updates apply to a record that nobody has claimed: one that is live, or vacant. */
export const isOpen = (head: RecordHead, now: EpochMs): boolean => isLive(head, now) || head.ending === vacant

/** As if something were in the record; `isVacated` says whether nothing is. */
export function updatedHead(before: RecordHead, update: RecordUpdate, now: EpochMs): RecordHead {
  const { version, touch, life, reseal, principal, ending = null } = update
  const head: Mutable<RecordHead> = { ...touched(before, touch), version, ending }
  if (life) Object.assign(head, life)
  if (reseal) Object.assign(head, { seal: reseal.to, sealedAt: now })
  if (principal !== undefined) Object.assign(head, { principal, principalSince: principal === null ? null : now })
  head.expiresAt = expiryOf(head, head.touchedAt)
  return head
}

/** Whether the update leaves the record vacant: nothing is in it, and `dropIfEmpty` asks for it or nothing was in it before. */
export function isVacated(
  before: RecordHead,
  update: RecordUpdate,
  after: RecordHead,
  countLeft: () => number,
): boolean {
  const mayGo = (update.dropIfEmpty === true || before.ending === vacant) && !update.set?.size
  return mayGo && after.principal === null && after.ending === null && countLeft() === 0
}

/** Why a live record refuses the update, the checks in the contract's order. `lockHolder` is the token that holds its lock at `now`, if any. */
export function refusalOf(head: RecordHead, update: RecordUpdate, lockHolder?: string): SaveResult | undefined {
  const { lockToken, ifVersion, reseal } = update
  if (lockToken !== undefined && lockToken !== lockHolder) return { status: 'unlocked' }
  if (ifVersion !== undefined && ifVersion !== head.version) return { status: 'conflict', version: head.version }
  if (reseal && reseal.from !== head.seal) return { status: 'resealed' }
  return undefined
}

/** The attributes after a change: `clear`, then `unset`, then `set`. A map of its own, the same byte arrays. */
export function changedAttributes(
  attributes: ReadonlyMap<string, Uint8Array>,
  change: RecordChange,
): Map<string, Uint8Array> {
  const changed = new Map(attributes)
  if (change.mode === 'update') {
    if (change.clear) {
      const kept = new Set(change.clear.except)
      for (const name of attributes.keys()) if (!kept.has(name)) changed.delete(name)
    }
    for (const name of change.unset ?? []) changed.delete(name)
  }
  for (const [name, bytes] of change.set ?? []) changed.set(name, bytes)
  return changed
}
