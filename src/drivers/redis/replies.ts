import type { Claim, LoadResult, SaveResult } from '../../storage/contract.js'
import { expiryOf } from '../../storage/record.js'
import { unpackedAll } from '../packed.js'
import { claimOf, recordOf } from './fields.js'
import type { Ownership } from './principal-index.js'

/*
 * What the scripts reply, as results of the contract. What they pack begins with its status, in the contract's words.
 */

type Pairs = readonly Buffer[]
type Owner = readonly [principal: string | null, entered: string | null]

/** Packed, or a record: fields and values in turn, and behind them, packed, the access before. */
export type LoadReply = null | Buffer | readonly [...pairs: Pairs, before: Buffer]
export type UpdateReply = null | Buffer
export type RemoveReply = null | Buffer
export type ClaimReply = readonly (readonly [id: Buffer, due: Buffer, pairs: Pairs])[]

type Access =
  | readonly [status: 'refused', sealed: number]
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
  if (access[0] === 'refused') return { status: 'refused', sealedAt: access[1] }
  const [status, previouslyTouchedAt, touchedAt, hits, idleMs, endsAt] = access
  return { status, touchedAt, previouslyTouchedAt, expiresAt: expiryOf({ idleMs, endsAt }, touchedAt), hits }
}

/** Also whose the record was before, if the update was applied. */
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

/** Whose the record was; undefined for nobody's. */
export const formerOwner = (reply: Buffer): Ownership | undefined => ownershipOf(unpackedAll<Owner>(reply))

/** Longest due first, whichever bucket they are from. */
export const claimsOf = (replies: readonly ClaimReply[]): Claim[] =>
  replies
    .flat()
    .sort(([, a], [, b]) => Number(a) - Number(b))
    .map(([id, , pairs]) => claimOf(String(id), pairs))

const ownershipOf = ([principal, entered]: Owner): Ownership | undefined =>
  principal === null || entered === null ? undefined : { principal, entered }
