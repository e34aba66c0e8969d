import type { EpochMs, ListPage, ListQuery } from '../../src/storage/contract.js'
import { type Call, onePage } from './calls.js'
import type { Oracle } from './oracle.js'

/** A listing with other calls between its pages. */
export class Listing {
  readonly #query: Pick<ListQuery, 'limit' | 'principal'>
  readonly #seen: string[] = []
  /** The ids of the records that have been live since it began. */
  #steady: ReadonlySet<string>
  #cursor: string | undefined

  constructor(query: Pick<ListQuery, 'limit' | 'principal'>, oracle: Oracle, now: EpochMs) {
    this.#query = query
    this.#steady = idsOf(oracle.live(now, query.principal))
  }

  /** After each call; `now`: of a page. */
  narrow(oracle: Oracle, now: EpochMs = Number.NEGATIVE_INFINITY): void {
    const live = idsOf(oracle.live(now, this.#query.principal))
    this.#steady = new Set([...this.#steady].filter((id) => live.has(id)))
  }

  page(now: EpochMs): Call {
    const query = { ...this.#query, now, ...(this.#cursor !== undefined && { cursor: this.#cursor }) }
    return {
      said: ['list', query],
      send: (space) => onePage(space, query),
      expected(oracle, answer) {
        const { items, ...rest } = answer as ListPage
        const live = oracle.live(now, query.principal)
        return { items: items.map(({ id }) => live.find((head) => head.id === id)), ...rest }
      },
    }
  }

  /** Whether that was the last. Throws when a record was left out, or came twice. */
  took({ items, cursor }: ListPage): boolean {
    this.#seen.push(...items.map(({ id }) => id))
    this.#cursor = cursor
    for (const id of this.#steady) {
      const times = this.#seen.filter((seen) => seen === id).length
      if (times > 1 || (cursor === undefined && times === 0))
        throw new Error(`${JSON.stringify(id)} came ${times} times in a listing, which had come to ${this.#seen}`)
    }
    return cursor === undefined
  }
}

const idsOf = (heads: readonly { readonly id: string }[]): ReadonlySet<string> => new Set(heads.map(({ id }) => id))
