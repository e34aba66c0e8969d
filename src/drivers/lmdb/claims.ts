import { randomUUID } from 'node:crypto'
import type { Claim, ClaimOptions, EpochMs } from '../../storage/contract.js'
import type { RecordEntry } from './record-entry.js'
import type { Found, Records } from './records.js'

/** How many records a transaction asks at least whether they have fallen due: it holds up the process for some milliseconds. */
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
  const found = only ? claimable(records, only, now) : records.queued(now, Math.max(limit, leastAsked))
  if (!only && found.filter((one) => records.requeue(one)).length > 0) return undefined
  return found.slice(0, limit).map((one) => lease(records, one, now + leaseMs))
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
