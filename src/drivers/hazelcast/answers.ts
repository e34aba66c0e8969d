import type { EpochMs, LoadResult, SaveResult, StoredRecord } from '../../storage/contract.js'
import { recordWith } from '../../storage/record.js'
import { type Entry, rowOf } from './entry.js'

/*
 * The answers of the operations on members: plain values, in the order that the classes of `members/koascopes` give them.
 */

type LoadAnswer =
  | readonly ['missing']
  | readonly ['refused', replaced: string | null]
  | readonly ['loaded', previouslyTouchedAt: EpochMs, entry: Entry]
  | readonly ['unchanged', previously: EpochMs, touchedAt: EpochMs, expiresAt: EpochMs | null, hits: number]

type UpdateAnswer =
  | readonly ['missing' | 'unlocked' | 'resealed']
  | readonly ['conflict', version: string]
  | readonly ['saved', previous: string, isDropped: boolean]

export type ClaimAnswer = readonly [attempt: number, entry: Entry] | null

export function loadResult(id: string, answer: unknown): LoadResult {
  const given = answer as LoadAnswer
  switch (given[0]) {
    case 'missing':
      return { status: 'missing' }
    case 'refused':
      return { status: 'refused', replaced: given[1] }
    case 'loaded':
      return { status: 'loaded', previouslyTouchedAt: given[1], record: recordIn(id, given[2]) }
    case 'unchanged': {
      const [status, previouslyTouchedAt, touchedAt, expiresAt, hits] = given
      return { status, previouslyTouchedAt, touchedAt, expiresAt, hits }
    }
  }
}

export function saveResult(answer: unknown): SaveResult {
  const given = answer as UpdateAnswer
  switch (given[0]) {
    case 'conflict':
      return { status: 'conflict', version: given[1] }
    case 'saved':
      return { status: 'saved', previous: given[1], ...(given[2] && { dropped: true }) }
    default:
      return { status: given[0] }
  }
}

export function recordIn(id: string, entry: Entry): StoredRecord {
  const { head, attributes } = rowOf(id, entry)
  return recordWith(head, attributes)
}
