import type { ListPage, ListQuery, RecordHead } from '../../storage/contract.js'
import { isLiveRow } from '../../storage/steps.js'
import type { RecordEntry } from './record-entry.js'

/** The most entries that a page reads, so that millions of expired records do not block the process. */
const lookedAtPerPage = 1000

interface Walked {
  walk(
    principal: string | undefined,
    behind: Buffer | undefined,
  ): Iterable<{ readonly place: Buffer; readonly entry: RecordEntry }>
}

/** Lists live records. The cursor is the key at which the page before stopped. */
export function list(records: Walked, { now, limit, cursor, principal }: ListQuery): ListPage {
  const items: RecordHead[] = []
  let lookedAt = 0
  const behind = cursor === undefined ? undefined : Buffer.from(cursor, 'base64url')
  for (const { place, entry } of records.walk(principal, behind)) {
    lookedAt += 1
    if (isLiveRow(entry, now)) items.push(entry.head)
    if (items.length === limit || lookedAt === lookedAtPerPage) return { items, cursor: place.toString('base64url') }
  }
  return { items }
}
