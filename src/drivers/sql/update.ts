import type { EpochMs, RecordChange, RecordUpdate, SaveResult } from '../../storage/contract.js'
import { countLeft } from '../../storage/record.js'
import * as steps from '../../storage/steps.js'
import { columnsOf, type RecordColumns } from './record-columns.js'

/** A record whose row this transaction has locked, or which this turn of SQLite alone may write. */
export interface HeldRecord {
  readonly row: steps.Row
  /** The indexed time: from then on a sweep looks at the record. Never later than the row's due time. null: never. */
  readonly wakeAt: EpochMs | null
  /** The names of its attributes; only needed if `needsNames` says so. */
  readonly names?: readonly string[]
}

export interface Update {
  readonly answer: SaveResult
  /** The row to write; absent if the update is refused. */
  readonly write?: { readonly columns: RecordColumns; readonly wakeAt: EpochMs | null }
}

/** Whether the names of the record's attributes are needed: the answer depends on how many are left, or `clear` removes some. */
export const needsNames = ({ set, clear }: RecordUpdate): boolean => !set?.size || clear !== undefined

/** The attributes that an update removes from a record with these ones, and does not set again. */
export function removedNames(names: readonly string[], { clear, unset = [], set }: RecordUpdate): readonly string[] {
  const kept = clear && new Set(clear.except)
  const cleared = kept ? names.filter((name) => !kept.has(name)) : []
  return [...cleared, ...unset].filter((name) => !set?.has(name))
}

/** Whether the change only sets attributes and touches, so that one statement on a live record is enough. */
export function onlySets(change: RecordChange): change is RecordUpdate {
  if (change.mode !== 'update' || !change.set?.size) return false
  const { clear, unset, life, reseal, principal, description, ending, ifVersion, lockToken } = change
  const others = [clear, life, reseal, principal, description, ending, ifVersion, lockToken]
  return !unset?.length && others.every((other) => other === undefined)
}

/** Takes the step of an update on a row that is held. The caller writes the row, then the attributes. */
export function updateOf(held: HeldRecord | undefined, change: RecordUpdate, now: EpochMs): Update {
  const { answer, row } = steps.update(held?.row, change, now, () => countLeft(held?.names ?? [], change))
  if (!row) return { answer }
  return { answer, write: { columns: columnsOf(row), wakeAt: wakeAfter(held?.wakeAt ?? null, row.due) } }
}

/** Moved only if the record would be found too late, so that most changes leave the index of the table alone. */
export function wakeAfter(wakeAt: EpochMs | null, dueAt: EpochMs | null): EpochMs | null {
  if (wakeAt === null || dueAt === null) return wakeAt ?? dueAt
  return Math.min(wakeAt, dueAt)
}
