import type { Claim, LoadResult, SaveResult } from '../../storage/contract.js'
import { expiryOf } from '../../storage/record.js'
import { unpackedAll } from '../packed.js'
import { claimOf, recordOf } from './fields.js'
import type { Ownership } from './principal-index.js'

/*
 * The replies of the scripts, turned into results of the contract. A packed reply begins with its status, in the contract's
 * words.
 */

type Pairs = readonly Buffer[]
type Owner = readonly [principal: string | null, entered: string | null]

/** A packed reply, or a record: fields and values in turn, followed by the packed time of the access before. */
export type LoadReply = null | Buffer | readonly [...pairs: Pairs, before: Buffer]
export type UpdateReply = null | Buffer
export type RemoveReply = null | Buffer
export type ClaimReply = readonly (readonly [id: Buffer, due: Buffer, pairs: Pairs])[]

type Access =
  | readonly [status: 'refused', replaced: string | null]
  | readonly [
      status: 'unchanged',
      before: number,
      touched: number,
      hits: number,
      idle: number | null,
      ends: number | null,
    ]

type Update =
  | readonly [status: 'unlocked' | 'resealed']
  | readonly [status: 'conflict', version: string]
  | readonly [status: 'saved' | 'dropped', before: string, ...owner: Owner]

export function loadResult(id: string, reply: LoadReply): LoadResult {
  if (reply === null) return { status: 'missing' }
  if (!Buffer.isBuffer(reply)) {
    const [previouslyTouchedAt] = unpackedAll<[number]>(reply[reply.length - 1] as Buffer)
    return { status: 'loaded', record: recordOf(id, reply), previouslyTouchedAt }
  }
  const access = unpackedAll<Access>(reply)
  if (access[0] === 'refused') return { status: 'refused', replaced: access[1] ?? null }
  const [status, previouslyTouchedAt, touchedAt, hits, idleMs, endsAt] = access
  return { status, touchedAt, previouslyTouchedAt, expiresAt: expiryOf({ idleMs, endsAt }, touchedAt), hits }
}

/** The result of an update; if it was applied, also the record's ownership before it. */
export function updateResult(reply: UpdateReply): readonly [result: SaveResult, before?: Ownership | undefined] {
  if (reply === null) return [{ status: 'missing' }]
  const update = unpackedAll<Update>(reply)
  switch (update[0]) {
    case 'unlocked':
    case 'resealed':
      return [{ status: update[0] }]
    case 'conflict':
      return [{ status: 'conflict', version: update[1] }]
    default: {
      const [status, previous, ...owner] = update
      const saved = { status: 'saved', previous } as const
      return [status === 'dropped' ? { ...saved, dropped: true } : saved, ownershipOf(owner)]
    }
  }
}

/** The ownership of a deleted record; undefined if it had no principal. */
export const formerOwner = (reply: Buffer): Ownership | undefined => ownershipOf(unpackedAll<Owner>(reply))

/** The claims of all buckets, those due longest first. */
export const claimsOf = (replies: readonly ClaimReply[]): Claim[] =>
  replies
    .flat()
    .sort(([, a], [, b]) => Number(a) - Number(b))
    .map(([id, , pairs]) => claimOf(String(id), pairs))

const ownershipOf = ([principal, entered]: Owner): Ownership | undefined =>
  principal === null || entered === null ? undefined : { principal, entered }
