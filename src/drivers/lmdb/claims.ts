import { randomUUID } from 'node:crypto'
import type { Claim, ClaimOptions, EpochMs } from '../../storage/contract.js'
import type { RecordEntry } from './record-entry.js'
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
  const { now, limit, leaseMs } = options
  const found = only ? claimable(records, only, now) : firstDue(records, now, limit)
  return found?.map((one) => lease(records, one, now + leaseMs))
}

export function renew(records: Records, key: Buffer, { token }: Claim, until: EpochMs): boolean {
  const entry = claimedBy(token, records.find(key))
  if (entry) records.put(key, entry, { ...entry, due: until })
  return entry !== undefined
}

export function settle(records: Records, key: Buffer, { token }: Claim): boolean {
  const entry = claimedBy(token, records.find(key))
  if (entry) records.remove(key, entry)
  return entry !== undefined
}

/** undefined when some of them are not due: then those, and others behind them, are queued anew. */
function firstDue(records: Records, now: EpochMs, limit: number): readonly Found[] | undefined {
  const first = records.queued(now, limit)
  if (!first.some(isEarly)) return first
  for (const one of records.queued(now, Math.max(limit, leastAsked))) if (isEarly(one)) records.requeue(one)
  return undefined
}

const isEarly = ({ entry }: Found): boolean => entry.queuedAt !== entry.due

function claimable(records: Records, key: Buffer, now: EpochMs): readonly Found[] {
  const entry = records.find(key)
  return entry && (entry.due ?? Number.POSITIVE_INFINITY) <= now ? [{ key, entry }] : []
}

/** The record is its holder's until then, when it falls due again. */
function lease(records: Records, { key, entry }: Found, until: EpochMs): Claim {
  const given = { token: randomUUID(), attempt: (entry.claim?.attempt ?? 0) + 1 }
  records.put(key, entry, { ...entry, due: until, claim: given })
  return { ...given, record: records.complete(key, entry.head) }
}

const claimedBy = (token: string, entry: RecordEntry | undefined) => (entry?.claim?.token === token ? entry : undefined)
