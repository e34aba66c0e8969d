import type { Claim, LoadResult, SaveResult } from '../../storage/contract.js'
import { expiryOf } from '../../storage/record.js'
import { claimOf, recordOf } from './fields.js'
import type { Ownership } from './principal-index.js'

/*
 * What the scripts reply, as results of the contract. A script says its status first, in the contract's words; all
 * numbers but counts come as text, what is null as null.
 */

type Value = Buffer | null | undefined
type Pairs = readonly Buffer[]

export type LoadReply = null | readonly [status: Buffer, ...rest: readonly (Value | Pairs)[]]
export type UpdateReply = null | readonly [status: Buffer, version?: Buffer, ...owner: Owner]
export type RemoveReply = null | Owner
export type ClaimReply = readonly (readonly [id: Buffer, due: Buffer, pairs: Pairs])[]

type Owner = readonly [principal?: Value, entered?: Value]

export function loadResult(id: string, reply: LoadReply): LoadResult {
  if (reply === null) return { status: 'missing' }
  const [status, ...rest] = reply
  switch (String(status)) {
    case 'refused':
      return { status: 'refused', sealedAt: Number(rest[0]) }
    case 'unchanged': {
      const [before, touched, hits, idle, ends] = rest as Value[]
      const life = { idleMs: optional(idle), endsAt: optional(ends) }
      const touchedAt = Number(touched)
      const expiresAt = expiryOf(life, touchedAt)
      return { status: 'unchanged', touchedAt, previouslyTouchedAt: Number(before), expiresAt, hits: Number(hits) }
    }
    default: {
      const [before, pairs] = rest as [Buffer, Pairs]
      return { status: 'loaded', record: recordOf(id, pairs), previouslyTouchedAt: Number(before) }
    }
  }
}

export function updateResult(reply: UpdateReply): SaveResult {
  if (reply === null) return { status: 'missing' }
  const [status, text] = reply.map(String) as [string, string]
  switch (status) {
    case 'unlocked':
    case 'resealed':
      return { status }
    case 'conflict':
      return { status, version: text }
    case 'dropped':
      return { status: 'saved', previous: text, dropped: true }
    default:
      return { status: 'saved', previous: text }
  }
}

/** undefined for a record that was nobody's. */
export const ownershipOf = ([principal, entered]: Owner): Ownership | undefined =>
  principal && entered ? { principal: String(principal), entered: String(entered) } : undefined

/** Longest due first, whichever bucket they are from. */
export const claimsOf = (replies: readonly ClaimReply[]): Claim[] =>
  replies
    .flat()
    .sort(([, a], [, b]) => Number(a) - Number(b))
    .map(([id, , pairs]) => claimOf(String(id), pairs))

const optional = (value: Value): number | null => (value ? Number(value) : null)
