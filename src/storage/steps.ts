/*
 * The contract as pure functions of one row: the answer of a call, and the row after it. A driver whose store can compute
 * runs the same steps in its own language, or calls these inside a transaction; `space-on-table.ts` calls them between a
 * read and a compare-and-set. Attributes are the caller's part, which may keep them elsewhere: a step keeps every other
 * member of a row.
 */
import type {
  Claim,
  EpochMs,
  LeaseOptions,
  LoadOptions,
  LoadResult,
  LockResult,
  Look,
  RecordCreate,
  RecordHead,
  RecordUpdate,
  SaveResult,
} from './contract.js'
import {
  dueOf,
  isLive,
  isOpen,
  isVacated,
  newHead,
  prolonged,
  refusalOf,
  touched,
  updatedHead,
  vacant,
} from './record.js'

/** A record without its attributes, with the claim and the lock on it. Never changed in place. */
export interface Row {
  readonly head: RecordHead
  /** The time from which it may be claimed; null: never. */
  readonly due: EpochMs | null
  /** The last claim, also after its lease has run out. */
  readonly claim?: Lease & Pick<Claim, 'attempt'>
  /** The last lock, also after its lease has run out; absent once it was released. */
  readonly lock?: Lease & { readonly until: EpochMs }
}

interface Lease {
  readonly token: string
}

/** The result of a step. `row` is the new row; absent if the call does not change it. */
export interface Step<Answer, R> {
  readonly answer: Answer
  readonly row?: R
}

/** A LoadResult without the loaded record. */
export type LoadAnswer =
  | Exclude<LoadResult, { status: 'loaded' }>
  | { readonly status: 'loaded'; readonly previouslyTouchedAt: EpochMs }

const missing = { status: 'missing' } as const

/** Whether the record is neither expired, ended nor claimed. */
export const isLiveRow = ({ head, claim }: Row, now: EpochMs): boolean => !claim && isLive(head, now)

export const isDue = ({ due }: Row, now: EpochMs): boolean => due !== null && due <= now

export const matches = (row: Row | undefined, { now, seal, version }: Look): boolean =>
  row !== undefined &&
  isLiveRow(row, now) &&
  (seal ?? row.head.seal) === row.head.seal &&
  (version ?? row.head.version) === row.head.version

export function load<R extends Row>(row: R | undefined, options: LoadOptions): Step<LoadAnswer, R> {
  const { now, seal, ifChangedSince, touch, prolong } = options
  if (!row || !isLiveRow(row, now)) return { answer: missing }
  const before = row.head
  if (seal !== undefined && seal !== before.seal) return { answer: { status: 'refused', replaced: before.replaced } }

  const head = touch ? touched(prolonged(before, prolong), touch) : before
  const { version, touchedAt, expiresAt, hits } = head
  const previouslyTouchedAt = before.touchedAt
  const answer: LoadAnswer =
    version === ifChangedSince
      ? { status: 'unchanged', touchedAt, previouslyTouchedAt, expiresAt, hits }
      : { status: 'loaded', previouslyTouchedAt }
  return head === before ? { answer } : { answer, row: { ...row, head, due: expiresAt } }
}

export function create(row: Row | undefined, change: RecordCreate, now: EpochMs): Step<SaveResult, Row> {
  if (row) return { answer: { status: 'exists' } }
  const head = newHead(change, now)
  return { answer: { status: 'saved', previous: change.version }, row: { head, due: head.expiresAt } }
}

/** `countLeft` returns how many attributes the record would have after the change; called only if the change sets none and the answer depends on it. */
export function update<R extends Row>(
  row: R | undefined,
  change: RecordUpdate,
  now: EpochMs,
  countLeft: () => number,
): Step<SaveResult, R> {
  if (!row || row.claim || !isOpen(row.head, now)) return { answer: missing }
  const before = row.head
  const refusal = refusalOf(before, change, lockHolder(row, now))
  if (refusal) return { answer: refusal }

  const updated = updatedHead(before, change, now)
  const dropped = isVacated(before, change, updated, countLeft)
  const head = dropped ? { ...updated, ending: vacant } : updated
  const saved = { status: 'saved', previous: before.version } as const
  return { answer: dropped ? { ...saved, dropped } : saved, row: { ...row, head, due: dueOf(head, now) } }
}

/** Claims a due row for `token` until `now + leaseMs`. The answer is the attempt, or undefined if the row is not due. */
export function claim<R extends Row>(
  row: R | undefined,
  { now, leaseMs, token }: LeaseOptions,
): Step<number | undefined, R> {
  if (!row || !isDue(row, now)) return { answer: undefined }
  const attempt = (row.claim?.attempt ?? 0) + 1
  return { answer: attempt, row: { ...row, due: now + leaseMs, claim: { token, attempt } } }
}

/** Whether this claim still holds the row, so that `settle` removes it. */
export const isHeld = (row: Row | undefined, { token }: Pick<Claim, 'token'>): row is Row => row?.claim?.token === token

/** Extends the lease of a claim that still holds the row. The answer is whether it does. */
export function renew<R extends Row>(
  row: R | undefined,
  claim: Pick<Claim, 'token'>,
  until: EpochMs,
): Step<boolean, R> {
  return row && isHeld(row, claim) ? { answer: true, row: { ...row, due: until } } : { answer: false }
}

export function lock<R extends Row>(row: R | undefined, { now, token, leaseMs }: LeaseOptions): Step<LockResult, R> {
  if (!row || !isLiveRow(row, now)) return { answer: 'missing' }
  if ((lockHolder(row, now) ?? token) !== token) return { answer: 'held' }
  return { answer: 'taken', row: { ...row, lock: { token, until: now + leaseMs } } }
}

/** The answer is whether `token` held the lock. */
export function unlock<R extends Row>(row: R | undefined, token: string): Step<boolean, R> {
  if (row?.lock?.token !== token) return { answer: false }
  const { lock: _, ...unlocked } = row
  return { answer: true, row: unlocked as R }
}

/** The token that holds the lock at `now`. */
const lockHolder = ({ lock }: Row, now: EpochMs): string | undefined =>
  lock && lock.until > now ? lock.token : undefined
