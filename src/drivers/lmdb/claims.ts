import { randomUUID } from 'node:crypto'
import type { Claim, ClaimOptions, EpochMs } from '../../storage/contract.js'
import * as steps from '../../storage/steps.js'
import type { Found, Records } from './records.js'

/** The fewest records that a transaction checks when it queues records anew; it blocks the process for some milliseconds. */
const leastAsked = 250

/** Whether a claim would find a due record, or one in the queue that must be queued anew. */
export function mayClaim(records: Records, { now }: ClaimOptions, only?: Buffer): boolean {
  return only ? claimable(records, only, now).length > 0 : records.isAnyQueued(now)
}

/**
 * Claims due records, those due longest first; with `only`, this record if it is due. undefined if the queue was not in the
 * order of due times: then this transaction has sorted a part of it, and the next one continues.
 */
export function claim(records: Records, options: ClaimOptions, only?: Buffer): readonly Claim[] | undefined {
  const found = only ? claimable(records, only, options.now) : firstDue(records, options)
  return found?.flatMap((one) => lease(records, one, options))
}

/** The first due records. undefined if some in the queue are not due yet: then these, and others behind them, are queued anew. */
function firstDue(records: Records, { now, limit }: ClaimOptions): readonly Found[] | undefined {
  const first = records.queued(now, limit)
  if (!first.some(isEarly)) return first
  for (const one of records.queued(now, Math.max(limit, leastAsked))) if (isEarly(one)) records.requeue(one)
  return undefined
}

const isEarly = ({ entry }: Found): boolean => entry.queuedAt !== entry.due

function claimable(records: Records, key: Buffer, now: EpochMs): readonly Found[] {
  const entry = records.find(key)
  return entry && steps.isDue(entry, now) ? [{ key, entry }] : []
}

function lease(records: Records, { key, entry }: Found, { now, leaseMs }: ClaimOptions): Claim[] {
  const token = randomUUID()
  const { answer: attempt, row } = steps.claim(entry, { now, leaseMs, token })
  if (attempt === undefined || !row) return []
  records.put(key, entry, row)
  return [{ token, attempt, record: records.complete(key, entry.head) }]
}
