import type { ListPage, ListQuery, Space } from '../contract.js'

/** How many listings may be under way at a time; the ids of the oldest one are forgotten, so that it may name a record twice. */
const mostListings = 100

/** The place of a listing: which store, which listing, and the store's own cursor. */
type Place = readonly [store: 'fallback' | 'write', listing: string, cursor?: string]

/**
 * Listings of two stores: the old one first, because records move to the new one meanwhile. A record that has moved since it was
 * listed is left out of the second part. Another node that is asked for the next page does not know what was listed, and may
 * name such a record twice.
 */
export class Listings {
  readonly #write: Space
  readonly #fallback: Space
  readonly #listed = new Map<string, Set<string>>()
  #count = 0

  constructor(write: Space, fallback: Space) {
    this.#write = write
    this.#fallback = fallback
  }

  async page(query: ListQuery): Promise<ListPage> {
    const { cursor: from, ...rest } = query
    const [store, listing, cursor] = from === undefined ? this.#begin() : (JSON.parse(from) as Place)
    const asked = { ...rest, ...(cursor !== undefined && { cursor }) }
    return store === 'fallback' ? this.#old(asked, listing) : this.#new(asked, listing)
  }

  async #old(query: ListQuery, listing: string): Promise<ListPage> {
    const { cursor, items } = await this.#fallback.list(query)
    const listed = this.#listed.get(listing)
    for (const { id } of items) listed?.add(id)
    return { items, cursor: textOf(cursor === undefined ? ['write', listing] : ['fallback', listing, cursor]) }
  }

  async #new(query: ListQuery, listing: string): Promise<ListPage> {
    const { cursor, items } = await this.#write.list(query)
    const listed = this.#listed.get(listing)
    const fresh = listed ? items.filter(({ id }) => !listed.has(id)) : items
    if (cursor !== undefined) return { items: fresh, cursor: textOf(['write', listing, cursor]) }
    this.#listed.delete(listing)
    return { items: fresh }
  }

  #begin(): Place {
    this.#count += 1
    const listing = `${process.pid}.${this.#count}`
    this.#listed.set(listing, new Set())
    const [oldest] = this.#listed.keys()
    if (oldest !== undefined && this.#listed.size > mostListings) this.#listed.delete(oldest)
    return ['fallback', listing]
  }
}

const textOf = (place: Place): string => JSON.stringify(place)
