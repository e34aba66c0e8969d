import type { EpochMs, RecordChange, RecordCreate, RecordUpdate, SaveResult } from '../../storage/contract.js'
import { dueOf, isDropped, newHead, refusalOf, updatedHead } from '../../storage/record.js'
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
  const entry = records.findLive(key, now)
  if (!entry) return { status: 'missing' }
  const refusal = refusalOf(entry.head, change, lockHolder)
  if (refusal) return refusal

  const previous = entry.head.version
  const head = updatedHead(entry.head, change, now)
  records.changeAttributes(key, change)
  if (change.dropIfEmpty && isDropped(change, head, records.countAttributes(key))) {
    records.remove(key, entry)
    return { status: 'saved', previous, dropped: true }
  }
  records.put(key, entry, { head, due: dueOf(head, now) })
  return { status: 'saved', previous }
}

export const addsContent = ({ mode, set }: RecordChange): boolean => mode === 'create' || (set?.size ?? 0) > 0
