import type { EpochMs, RecordChange, RecordCreate, RecordUpdate, SaveResult } from '../../storage/contract.js'
import { dueOf, isOpen, isVacated, newHead, refusalOf, updatedHead, vacant } from '../../storage/record.js'
import type { Records } from './records.js'

export function create(records: Records, key: Buffer, change: RecordCreate, now: EpochMs): SaveResult {
  if (records.find(key)) return { status: 'exists' }
  const head = newHead(change, now)
  records.put(key, undefined, { head, due: dueOf(head, now) })
  records.changeAttributes(key, change)
  return { status: 'saved', previous: change.version }
}

export function update(
  records: Records,
  key: Buffer,
  change: RecordUpdate,
  now: EpochMs,
  lockHolder: string | undefined,
): SaveResult {
  const entry = records.find(key)
  if (!entry || entry.claim || !isOpen(entry.head, now)) return { status: 'missing' }
  const refusal = refusalOf(entry.head, change, lockHolder)
  if (refusal) return refusal

  const previous = entry.head.version
  const updated = updatedHead(entry.head, change, now)
  records.changeAttributes(key, change)
  const dropped = isVacated(entry.head, change, updated, () => records.countAttributes(key))
  const head = dropped ? { ...updated, ending: vacant } : updated
  records.put(key, entry, { head, due: dueOf(head, now) })
  return { status: 'saved', previous, ...(dropped && { dropped }) }
}

export const addsContent = ({ mode, set }: RecordChange): boolean => mode === 'create' || (set?.size ?? 0) > 0
