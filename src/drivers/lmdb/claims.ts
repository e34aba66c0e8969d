import { randomUUID } from 'node:crypto'
import type { Claim, ClaimOptions, EpochMs } from '../../storage/contract.js'
import * as steps from '../../storage/steps.js'
import type { Found, Records } from './records.js'

/** How many records a transaction that queues anew asks at least: it holds up the process for some milliseconds. */
const leastAsked = 250

/** Whether a claim would find something, or something in the queue that is to be asked later. */
export function mayClaim(records: Records, { now }: ClaimOptions, only?: Buffer): boolean {
  return only ? claimable(records, only, now).length > 0 : records.isAnyQueued(now)
}

/**
 * Leases what has fallen due, longest due first; `only`: this record, if it has. undefined when the queue was not yet in
 * the order in which they fall due: then it is a little more so, and another transaction goes on.
 */
export function claim(records: Records, options: ClaimOptions, only?: Buffer): readonly Claim[] | undefined {
  const found = only ? claimable(records, only, options.now) : firstDue(records, options)
  return found?.flatMap((one) => lease(records, one, options))
}

/** undefined when some of them are not due: then those, and others behind them, are queued anew. */
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
