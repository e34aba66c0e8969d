/*
 * The contract's rules for one record, as pure functions. A driver that keeps heads as objects calls these; a driver whose
 * store computes (a script, a query) follows the same rules in the store's language.
 */
import type { Mutable } from '../support/mutable.js'
import type {
  EpochMs,
  Life,
  LoadOptions,
  RecordChange,
  RecordCreate,
  RecordHead,
  RecordUpdate,
  SaveResult,
  StoredRecord,
  Touch,
} from './contract.js'

/** The ending of a record that became empty under `dropIfEmpty`. */
export const vacant = 'vacant'

/** The ending of a record that is on its way to another store. No end handler runs for it. */
export const moved = 'moved'

/** How long a request that loaded a vacant record before can fill it again. */
const vacancyMs = 60_000

/** The time when a record of this life expires if it was last accessed at `touchedAt`; null: never. */
export function expiryOf({ idleMs, endsAt }: Life, touchedAt: EpochMs): EpochMs | null {
  if (idleMs === null) return endsAt
  return Math.min(touchedAt + idleMs, endsAt ?? Number.POSITIVE_INFINITY)
}

/** Whether the record is neither expired nor ended. A claimed record is missing too, but the head does not show a claim. */
export function isLive({ expiresAt, ending }: RecordHead, now: EpochMs): boolean {
  return ending === null && (expiresAt === null || expiresAt > now)
}

/** The time from which the record may be claimed, if nothing changes; null: never. `now` is the time of the change that made this head. */
export function dueOf({ expiresAt, ending }: RecordHead, now: EpochMs): EpochMs | null {
  if (ending === vacant) return now + vacancyMs
  return ending === null ? expiresAt : Math.min(now, expiresAt ?? now)
}

export function newHead(
  { id, version, seal, life, principal, description, touch, createdAt, principalSince, replaced }: RecordCreate,
  now: EpochMs,
): RecordHead {
  const touchedAt = touch?.touchedAt ?? now
  return {
    id,
    version,
    createdAt: createdAt ?? now,
    touchedAt,
    idleMs: life.idleMs,
    endsAt: life.endsAt,
    expiresAt: expiryOf(life, touchedAt),
    hits: touch?.hits ?? 0,
    seal,
    replaced: replaced ?? null,
    principal: principal ?? null,
    principalSince: principal === undefined ? null : (principalSince ?? now),
    description: description ?? null,
    ending: null,
  }
}

/**
 * A head with the members of this one, or of this record. Every change makes one, and in V8 a spread takes a hundred times as
 * long as soon as other members are added to its result.
 */
export const copyOfHead = (head: RecordHead): Mutable<RecordHead> => ({
  id: head.id,
  version: head.version,
  createdAt: head.createdAt,
  touchedAt: head.touchedAt,
  idleMs: head.idleMs,
  endsAt: head.endsAt,
  expiresAt: head.expiresAt,
  hits: head.hits,
  seal: head.seal,
  replaced: head.replaced,
  principal: head.principal,
  principalSince: head.principalSince,
  description: head.description,
  ending: head.ending,
})

/** A record of this head. The attributes come first for the same reason: nothing is added to what the spread makes. */
export const recordWith = (head: RecordHead, attributes: ReadonlyMap<string, Uint8Array>): StoredRecord => ({
  attributes,
  ...head,
})

/** Returns the head after an access; the same object without a touch. */
export function touched(before: RecordHead, touch: Touch | undefined): RecordHead {
  if (!touch) return before
  const head = copyOfHead(before)
  countTouch(head, touch)
  return head
}

function countTouch(head: Mutable<RecordHead>, { touchedAt, hits = 0 }: Touch): void {
  head.touchedAt = Math.max(head.touchedAt, touchedAt)
  head.hits += hits
  head.expiresAt = expiryOf(head, head.touchedAt)
}

/** A change of the idle time that a touch makes. */
export type Prolong = NonNullable<LoadOptions['prolong']>

/** The head with the idle time that `prolong` gives it. */
export const prolonged = (head: RecordHead, prolong: Prolong | undefined): RecordHead =>
  prolong && head.idleMs === prolong.fromMs ? { ...head, idleMs: prolong.toMs } : head

/** Whether updates apply to an unclaimed record: it is live, or vacant. */
export const isOpen = (head: RecordHead, now: EpochMs): boolean => isLive(head, now) || head.ending === vacant

/** The head after an update, as if an attribute were left in the record. `isVacated` decides whether none is. */
export function updatedHead(before: RecordHead, update: RecordUpdate, now: EpochMs): RecordHead {
  const { version, touch, life, reseal, principal, description, ending = null } = update
  const head = copyOfHead(before)
  if (touch) countTouch(head, touch)
  head.version = version
  head.ending = ending
  if (life) Object.assign(head, life)
  if (reseal) Object.assign(head, { seal: reseal.to, replaced: reseal.replaced })
  if (principal !== undefined) Object.assign(head, { principal, principalSince: principal === null ? null : now })
  if (description !== undefined) head.description = description
  head.expiresAt = expiryOf(head, head.touchedAt)
  return head
}

/** Whether the update leaves the record vacant: no attribute is left, and `dropIfEmpty` is set or the record was vacant before. */
export function isVacated(
  before: RecordHead,
  update: RecordUpdate,
  after: RecordHead,
  countLeft: () => number,
): boolean {
  const mayGo = (update.dropIfEmpty === true || before.ending === vacant) && !update.set?.size
  return mayGo && after.principal === null && after.ending === null && countLeft() === 0
}

/**
 * The answer to an update that a live record refuses; undefined if it applies. Checks in the contract's order.
 * `lockHolder` is the token that holds the lock at `now`.
 */
export function refusalOf(head: RecordHead, update: RecordUpdate, lockHolder?: string): SaveResult | undefined {
  const { lockToken, ifVersion, reseal } = update
  if (lockToken !== undefined && lockToken !== lockHolder) return { status: 'unlocked' }
  if (ifVersion !== undefined && ifVersion !== head.version) return { status: 'conflict', version: head.version }
  if (reseal && reseal.from !== head.seal) return { status: 'resealed' }
  return undefined
}

/** How many of a record's attributes, of these names, are left by an update that sets none. */
export function countLeft(names: readonly string[], { clear, unset }: RecordUpdate): number {
  const kept = clear && new Set(clear.except)
  const removed = new Set(unset)
  return names.filter((name) => (kept?.has(name) ?? true) && !removed.has(name)).length
}

/** The attributes after a change: `clear`, then `unset`, then `set`. Returns a new map with the same byte arrays. */
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
