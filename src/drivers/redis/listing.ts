import type { ListPage, ListQuery, RecordHead } from '../../storage/contract.js'
import { isLive } from '../../storage/record.js'
import type { Call, RedisConnection } from './connection.js'
import { headFields, openHead } from './fields.js'
import type { Keyspace } from './keys.js'
import type { PrincipalIndex } from './principal-index.js'

/** How many buckets a page looks into: most may be empty, and each is a command. */
const bucketsPerPage = 16

/** A record, and where a listing goes on behind it. */
interface Place {
  readonly id: string
  readonly cursor: string
}

/** Pages through the ids and looks at each record, because an id alone does not tell whether it is live. */
export class Listing {
  readonly #connection: RedisConnection
  readonly #keys: Keyspace
  readonly #principals: PrincipalIndex

  constructor(connection: RedisConnection, keys: Keyspace, principals: PrincipalIndex) {
    this.#connection = connection
    this.#keys = keys
    this.#principals = principals
  }

  /** The cursor is the number of a bucket and the last id looked at in it. */
  async all({ now, limit, cursor = '0:', signal }: ListQuery): Promise<ListPage> {
    const call = { operation: 'list', signal }
    const [, number = '', last = ''] = /^(\d+):(.*)$/s.exec(cursor) ?? []
    const first = Number(number)
    const buckets = this.#keys.buckets.slice(first, first + bucketsPerPage)
    const found = await Promise.all(buckets.map((_, n) => this.#idsIn(first + n, n === 0 ? last : '', limit, call)))
    const places = found.flat()
    const page = places.slice(0, limit)
    const heads = await this.#heads(page, call)
    const items = heads.filter((head) => head !== undefined && isLive(head, now)) as RecordHead[]
    const end = first + buckets.length
    if (page.length < limit) return end < this.#keys.buckets.length ? { items, cursor: `${end}:` } : { items }
    return { items, cursor: page.at(-1)?.cursor ?? cursor }
  }

  /** The cursor is the last id looked at. */
  async of(principal: string, { now, limit, cursor = '', signal }: ListQuery): Promise<ListPage> {
    const call = { operation: 'list', signal }
    const hints = (await this.#principals.hints(principal, call)).filter(({ id }) => id > cursor)
    const page = hints.slice(0, limit)
    const heads = await this.#heads(page, call)
    const wrong = page.filter((_, n) => heads[n]?.principal !== principal)
    await this.#principals.deny(principal, wrong, now, call)
    const items = heads.filter((head) => head?.principal === principal && isLive(head, now)) as RecordHead[]
    const last = hints.length > limit && page.at(-1)
    return last ? { items, cursor: last.id } : { items }
  }

  async #idsIn(number: number, last: string, limit: number, call: Call): Promise<Place[]> {
    const ids = this.#keys.buckets[number]?.ids ?? ''
    const from = last === '' ? '-' : `(${last}`
    const found = await this.#connection.command<Buffer[]>(call, 'zrangebylex', ids, from, '+', 'limit', 0, limit)
    return found.map(String).map((id) => ({ id, cursor: `${number}:${id}` }))
  }

  /** In the same order; undefined where there is no record, or one that was claimed. */
  #heads(places: readonly { readonly id: string }[], call: Call): Promise<(RecordHead | undefined)[]> {
    return Promise.all(
      places.map(async ({ id }) => {
        const record = this.#keys.bucketOf(id).record(id)
        return openHead(id, await this.#connection.command(call, 'hmget', record, ...headFields))
      }),
    )
  }
}
