import { randomUUID } from 'node:crypto'
import type { Claim, ClaimOptions, EpochMs } from '../../storage/contract.js'
import type { Records } from './records.js'
import type { RecordEntry } from './tables.js'

/** The records that may be claimed, longest due first; `only`: this one, if it may be. */
export function claimable(records: Records, { now, limit }: ClaimOptions, only?: Buffer): readonly Buffer[] {
  if (!only) return records.due(now, limit)
  const due = records.find(only)?.due ?? Number.POSITIVE_INFINITY
  return due <= now ? [only] : []
}

/** Gives the record to this caller until `until`, when it falls due again. */
export function claim(records: Records, key: Buffer, until: EpochMs): Claim {
  const entry = records.get(key)
  const given = { token: randomUUID(), attempt: (entry.claim?.attempt ?? 0) + 1 }
  records.put(key, entry, { ...entry, due: until, claim: given })
  return { ...given, record: records.complete(key, entry.head) }
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

const claimedBy = (token: string, entry: RecordEntry | undefined) => (entry?.claim?.token === token ? entry : undefined)
