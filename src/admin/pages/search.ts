import type { Directory, RecordInfo } from '../../scopes/request/directory.js'
import type { Clock } from '../../support/clock.js'

/** What to look for. Of the first three at most one is given; without any, all records are listed. */
export interface Search {
  /** A principal, an id or the start of one. */
  readonly text?: string | undefined
  readonly principal?: string | undefined
  readonly idPrefix?: string | undefined
  readonly cursor?: string | undefined
  readonly limit: number
}

export interface Found {
  readonly by: 'all' | 'id' | 'principal' | 'idPrefix'
  readonly items: readonly RecordInfo[]
  /** Where to go on; absent at the end. */
  readonly cursor?: string
  /** How many records were looked at for their id. */
  readonly searched?: number
}

/** No store has an index of the starts of ids, so all are looked at, for this long in one request. */
const budgetMs = 1_000
const largestPage = 1_000

type Listing = Pick<Directory<object>, 'list' | 'show'>

/** Looks for records. A text is tried as an id, then as a principal, then as the start of an id. Throws TypeError for a cursor that is none. */
export async function search(directory: Listing, sought: Search, clock: Clock): Promise<Found> {
  const { cursor, idPrefix, limit, principal, text } = sought
  if (text) return searchText(directory, text, limit, clock)
  if (idPrefix) return byPrefix(directory, idPrefix, limit, clock, cursor)
  const from = cursor === undefined ? {} : { cursor }
  if (principal === undefined) return { by: 'all', ...(await directory.list({ limit, ...from })) }
  return { by: 'principal', ...(await directory.list({ limit, principal, ...from })) }
}

async function searchText(directory: Listing, text: string, limit: number, clock: Clock): Promise<Found> {
  const record = await directory.show(text)
  if (record) {
    const { attributes, authenticatedAt, isUnsaved, ...info } = record
    return { by: 'id', items: [info] }
  }
  const owned = await directory.list({ limit, principal: text })
  return owned.items.length > 0 ? { by: 'principal', ...owned } : byPrefix(directory, text, limit, clock)
}

/** Each page is twice as large as the one before it, so that a common start does not give many more records than asked for. */
async function byPrefix(
  directory: Listing,
  idPrefix: string,
  limit: number,
  clock: Clock,
  start?: string,
): Promise<Found> {
  const until = clock.now() + budgetMs
  const items: RecordInfo[] = []
  let searched = 0
  let cursor = start
  let size = limit
  do {
    const page = await directory.list({ limit: size, ...(cursor !== undefined && { cursor }) })
    searched += page.items.length
    for (const item of page.items) if (item.id.startsWith(idPrefix)) items.push(item)
    cursor = page.cursor
    size = Math.min(size * 2, largestPage)
  } while (cursor !== undefined && items.length < limit && clock.now() < until)
  return { by: 'idPrefix', items, searched, ...(cursor !== undefined && { cursor }) }
}
