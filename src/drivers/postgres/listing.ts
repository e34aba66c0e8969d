import type { CallOptions, ListPage, ListQuery } from '../../storage/contract.js'
import { callOf } from '../network/call.js'
import { bytesOf, type PackedHead, rowIn } from './record-row.js'
import type { SpaceTables } from './space-tables.js'

/** The most rows that a page reads. */
const mostPerPage = 1_000

interface ListedRow {
  readonly id: Buffer
  readonly head: PackedHead
  readonly is_live: boolean
}

/** A page of records. The cursor is the least id behind those that were looked at, in hex. */
export async function list(tables: SpaceTables, query: ListQuery): Promise<ListPage> {
  const { now, cursor = '', principal } = query
  const limit = Math.min(query.limit, mostPerPage)
  const page = [now, Buffer.from(cursor, 'hex'), limit]
  const rows = await (principal === undefined
    ? tables.run<ListedRow>('list', page, callOf('list', query))
    : tables.run<ListedRow>('list-owned', [...page, bytesOf(principal)], callOf('list', query)))
  const items = rows.filter((row) => row.is_live).map(({ id, head }) => rowIn(String(id), head).head)
  const last = rows.at(-1)
  return rows.length === limit && last ? { items, cursor: `${last.id.toString('hex')}00` } : { items }
}

export async function count(tables: SpaceTables, options: CallOptions): Promise<number> {
  const [row] = await tables.run<{ readonly count: number }>('count', [options.now], callOf('count', options))
  return row?.count ?? 0
}
