import type { Directory, RecordInfo } from '../../scopes/request/directory.js'
import { pagesOf } from '../../storage/pages.js'
import { askedFor } from '../usage-error.js'

/** What a listing looks for. */
export interface Sought {
  readonly principal?: string
  readonly idPrefix?: string
  readonly limit: number
  readonly cursor?: string
}

export interface Found {
  readonly items: readonly RecordInfo[]
  /** Where the next page begins. */
  readonly cursor?: string
  /** Whether there may be more. */
  readonly isMore: boolean
}

type Listed = Pick<Directory<object>, 'list'>

/** The largest page of a directory. */
const mostPerPage = 1000

/**
 * At most `limit` records. It goes on to the next page while it has fewer, because a page may have few, or none, and not be
 * the last. Throws UsageError for a cursor of something else.
 */
export async function somePages(directory: Listed, { cursor, limit, ...sought }: Sought): Promise<Found> {
  const items: RecordInfo[] = []
  let next = cursor
  do {
    const size = sought.idPrefix === undefined ? limit - items.length : mostPerPage
    const page = await pageFrom(directory, { ...whichOf(sought), limit: size }, next)
    items.push(...page.items)
    next = page.cursor
  } while (next !== undefined && items.length < limit)
  // A page of more than was wanted cannot be gone on from its middle.
  if (items.length > limit) return { items: items.slice(0, limit), isMore: true }
  return { items, isMore: next !== undefined, ...(next !== undefined && { cursor: next }) }
}

/** All records, a page at a time. Throws UsageError for a cursor of something else. */
export async function* allPages(
  directory: Listed,
  { cursor, ...sought }: Omit<Sought, 'limit'>,
): AsyncGenerator<readonly RecordInfo[]> {
  const which = { ...whichOf(sought), limit: mostPerPage }
  const ask = (from: { readonly cursor?: string }) => pageFrom(directory, which, from.cursor ?? cursor)
  for await (const { items } of pagesOf(ask)) yield items
}

/** Without the members that commander leaves undefined, and those that are no part of it. */
const whichOf = ({ idPrefix, principal }: Partial<Sought>) => ({
  ...(principal !== undefined && { principal }),
  ...(idPrefix !== undefined && { idPrefix }),
})

const pageFrom = (directory: Listed, which: Parameters<Listed['list']>[0], cursor: string | undefined) =>
  askedFor(() => directory.list({ ...which, ...(cursor !== undefined && { cursor }) }))
