import type { EpochMs, ListPage, ListQuery, RecordHead, Space } from '../contract.js'

/** How many listings may be under way at a time; the ids of the oldest one are forgotten, so that it may name a record twice. */
const mostListings = 100

/** The place of a listing: which store, which listing, and the store's own cursor. */
type Place = readonly [part: 'fallback' | 'write' | 'again', listing: string, cursor?: string]

/** Brings in what is on its way from one store to the other. */
type FinishMoves = (from: 'fallback' | 'write', now: EpochMs) => Promise<void>

/**
 * Listings of two stores: the old one first, because records move to the new one meanwhile. A record that has moved since it was
 * listed is left out of the second part. Another node that is asked for the next page does not know what was listed, and may
 * name such a record twice.
 */
export class Listings {
  readonly #write: Space
  readonly #fallback: Space
  readonly #finishMoves: FinishMoves
  readonly #listed = new Map<string, Set<string>>()
  #count = 0

  constructor(write: Space, fallback: Space, finishMoves: FinishMoves = async () => {}) {
    this.#write = write
    this.#fallback = fallback
    this.#finishMoves = finishMoves
  }

  async page(query: ListQuery): Promise<ListPage> {
    const { cursor: from, ...rest } = query
    const [part, listing, cursor] = from === undefined ? this.#begin() : (JSON.parse(from) as Place)
    const asked = { ...rest, ...(cursor !== undefined && { cursor }) }
    if (part === 'fallback') return this.#old(asked, listing)
    const isCareful = query.principal !== undefined
    if (isCareful && cursor === undefined) await this.#finishMoves(part === 'write' ? 'fallback' : 'write', query.now)
    const store = part === 'write' ? this.#write : this.#fallback
    return this.#fresh(store, asked, [part, listing], part === 'write' && isCareful ? ['again', listing] : undefined)
  }

  async #old(query: ListQuery, listing: string): Promise<ListPage> {
    const { cursor, items } = await this.#fallback.list(query)
    this.#remember(items, listing)
    return { items, cursor: textOf(cursor === undefined ? ['write', listing] : ['fallback', listing, cursor]) }
  }

  /** A page without the records that were listed before. After the last one of this part comes `next`. */
  async #fresh(store: Space, query: ListQuery, [part, listing]: Place, next: Place | undefined): Promise<ListPage> {
    const { cursor, items } = await store.list(query)
    const listed = this.#listed.get(listing)
    const fresh = listed ? items.filter(({ id }) => !listed.has(id)) : items
    if (next) this.#remember(fresh, listing)
    if (cursor !== undefined) return { items: fresh, cursor: textOf([part, listing, cursor]) }
    if (next) return { items: fresh, cursor: textOf(next) }
    this.#listed.delete(listing)
    return { items: fresh }
  }

  #remember(items: readonly RecordHead[], listing: string): void {
    const listed = this.#listed.get(listing)
    for (const { id } of items) listed?.add(id)
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
