import { randomUUID } from 'node:crypto'
import type { Claim, ClaimOptions, EpochMs } from '../../storage/contract.js'
import * as steps from '../../storage/steps.js'
import type { Found, QueuedRow, Records } from './records.js'

/** The fewest records that a transaction checks when it queues records anew; it blocks the process for some milliseconds. */
const leastAsked = 250

/** Whether a claim would find a due record, or one in the queue that must be queued anew. */
export function mayClaim<Key, Entry extends QueuedRow>(
  records: Records<Key, Entry>,
  { now }: ClaimOptions,
  only: Key | undefined,
): boolean {
  return only === undefined ? records.isAnyQueued(now) : claimable(records, only, now).length > 0
}

/**
 * Claims due records, those due longest first; with `only`, this record if it is due. undefined if the queue was not in the
 * order of due times: then this transaction has sorted a part of it, and the next one continues.
 */
export function claim<Key, Entry extends QueuedRow>(
  records: Records<Key, Entry>,
  options: ClaimOptions,
  only: Key | undefined,
): readonly Claim[] | undefined {
  const found = only === undefined ? firstDue(records, options) : claimable(records, only, options.now)
  return found?.flatMap((one) => lease(records, one, options))
}

/** The first due records. undefined if some in the queue are not due yet: then these, and others behind them, are queued anew. */
function firstDue<Key, Entry extends QueuedRow>(
  records: Records<Key, Entry>,
  { now, limit }: ClaimOptions,
): readonly Found<Key, Entry>[] | undefined {
  const first = records.queued(now, limit)
  if (!first.some(isEarly)) return first
  for (const one of records.queued(now, Math.max(limit, leastAsked))) if (isEarly(one)) records.requeue(one)
  return undefined
}

const isEarly = ({ entry }: { readonly entry: QueuedRow }): boolean => entry.queuedAt !== entry.due

function claimable<Key, Entry extends QueuedRow>(
  records: Records<Key, Entry>,
  key: Key,
  now: EpochMs,
): readonly Found<Key, Entry>[] {
  const entry = records.find(key)
  return entry && steps.isDue(entry, now) ? [{ key, entry }] : []
}

function lease<Key, Entry extends QueuedRow>(
  records: Records<Key, Entry>,
  { key, entry }: Found<Key, Entry>,
  { now, leaseMs }: ClaimOptions,
): Claim[] {
  const token = randomUUID()
  const { answer: attempt, row } = steps.claim(entry, { now, leaseMs, token })
  if (attempt === undefined || !row) return []
  return [{ token, attempt, record: records.complete(records.put(key, entry, row)) }]
}
