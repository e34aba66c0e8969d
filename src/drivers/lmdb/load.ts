import type { LoadOptions, LoadResult } from '../../storage/contract.js'
import { dueOf, touched } from '../../storage/record.js'
import type { Records } from './records.js'

/** Reads the attributes only when the caller's version is another; writes, when there is a touch, the head only. */
export function load(records: Records, key: Buffer, { now, seal, ifChangedSince, touch }: LoadOptions): LoadResult {
  const entry = records.findLive(key, now)
  if (!entry) return { status: 'missing' }
  const { seal: present, sealedAt, touchedAt: previouslyTouchedAt } = entry.head
  if (seal !== undefined && seal !== present) return { status: 'refused', sealedAt }

  const head = touched(entry.head, touch)
  if (head !== entry.head) records.put(key, entry, { head, due: dueOf(head, now) })
  const { version, touchedAt, expiresAt, hits } = head
  if (version === ifChangedSince) return { status: 'unchanged', touchedAt, previouslyTouchedAt, expiresAt, hits }
  return { status: 'loaded', record: records.complete(key, head), previouslyTouchedAt }
}

/** Whether a touch would find the record. */
export function isOpenTo(records: Records, key: Buffer, { now, seal }: LoadOptions): boolean {
  const entry = records.findLive(key, now)
  return entry !== undefined && (seal === undefined || seal === entry.head.seal)
}
