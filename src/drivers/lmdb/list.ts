import type { ListPage, ListQuery, RecordHead } from '../../storage/contract.js'
import { isLiveRow } from '../../storage/steps.js'
import type { Records } from './records.js'

/** A page looks at no more entries than this, so that expired ones by the million do not hold up the process. */
const lookedAtPerPage = 1000

/** The cursor is the place in the keys where the page before stopped. */
export function list(records: Records, { now, limit, cursor, principal }: ListQuery): ListPage {
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
