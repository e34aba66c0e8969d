import type { ListPage, ListQuery, RecordHead } from '../../storage/contract.js'
import { isLive } from '../../storage/record.js'
import { type Call, callOf } from '../network/call.js'
import type { RedisConnection } from './connection.js'
import { headOf } from './fields.js'
import type { Keyspace } from './keys.js'
import type { PrincipalIndex } from './principal-index.js'
import { scripts } from './scripts.js'
import { textsIn } from './texts.js'

/** The most buckets that a page looks into: most may be empty, and each costs a command. */
const bucketsPerPage = 16

/** The listings of a space. They page through the ids and read the head of each record, which shows whether it is live. */
export class Listing {
  readonly #connection: RedisConnection
  readonly #keys: Keyspace
  readonly #principals: PrincipalIndex

  constructor(connection: RedisConnection, keys: Keyspace, principals: PrincipalIndex) {
    this.#connection = connection
    this.#keys = keys
    this.#principals = principals
  }

  /** Lists all records. The cursor is the number of a bucket and, if a part of it was read, a colon and the last id read. */
  async all(query: ListQuery): Promise<ListPage> {
    const { now, limit, cursor = '0' } = query
    const call = callOf('list', query)
    const [, number, last] = /^(\d+)(?::(.*))?$/s.exec(cursor) ?? []
    const first = Number(number ?? 0)
    const end = first + bucketsPerPage
    const buckets = this.#keys.buckets.slice(first, end)
    const found = await Promise.all(
      buckets.map(({ ids }, n) => this.#idsIn(ids, n === 0 ? last : undefined, limit, call)),
    )
    const places = found.flatMap((ids, n) => ids.map((id) => ({ id, cursor: `${first + n}:${id}` }))).slice(0, limit)
    const heads = await this.#heads(
      places.map(({ id }) => id),
      call,
    )
    const items = heads.flatMap((head) => (head && isLive(head, now) ? [head] : []))
    if (places.length === limit) return withCursor(items, places.at(-1)?.cursor)
    return withCursor(items, end < this.#keys.buckets.length ? `${end}` : undefined)
  }

  /** Lists a principal's records. The cursor is the last id read. */
  async of(principal: string, query: ListQuery): Promise<ListPage> {
    const { now, limit, cursor } = query
    const call = callOf('list', query)
    const hints = await this.#principals.hints(principal, call)
    const left = cursor === undefined ? hints : hints.filter((id) => id > cursor)
    const ids = left.slice(0, limit)
    const heads = await this.#heads(ids, call)
    const wrong = ids.filter((_, n) => heads[n]?.principal !== principal)
    await this.#principals.deny(principal, wrong)
    const items = heads.flatMap((head) => (head?.principal === principal && isLive(head, now) ? [head] : []))
    return withCursor(items, left.length > limit ? ids.at(-1) : undefined)
  }

  async #idsIn(key: string, last: string | undefined, limit: number, call: Call): Promise<string[]> {
    const from = last === undefined ? '-' : `(${last}`
    const ids = await this.#connection.command<Buffer[]>(call, 'zrangebylex', key, from, '+', 'limit', 0, limit)
    return textsIn(ids)
  }

  /** The heads of these ids in the same order; undefined for a record that does not exist or is claimed. */
  #heads(ids: readonly string[], call: Call): Promise<(RecordHead | undefined)[]> {
    return Promise.all(
      ids.map(async (id) => {
        const record = this.#keys.bucketOf(id).record(id)
        const head = await this.#connection.run<Buffer | null>(scripts.head, [record], [], call)
        return head ? headOf(id, head) : undefined
      }),
    )
  }
}

const withCursor = (items: readonly RecordHead[], cursor: string | undefined): ListPage =>
  cursor === undefined ? { items } : { items, cursor }
