import { LRUCache } from 'lru-cache'
import type { LiveRecord } from './live-record.js'

/**
 * The records a memory-first scope holds, within a bound of bytes. What is in use or not yet backed up stays; the others
 * go when room is needed, least recently used first, for the store has them.
 */
export class LiveRecords {
  readonly #maxBytes: number
  /** Not backed up, or in use and nowhere else. */
  readonly #held = new Map<string, { readonly live: LiveRecord; readonly size: number }>()
  /** Backed up; whether they are in use is asked when one has to go. */
  readonly #recent: LRUCache<string, LiveRecord>
  #heldBytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
    this.#recent = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: (live) => live.size,
      dispose: (live, _, reason) => {
        if (reason === 'evict' && live.users > 0) this.#hold(live)
      },
    })
  }

  /** True when nothing could be evicted to make room. */
  get isFull(): boolean {
    return this.#heldBytes >= this.#maxBytes
  }

  get(id: string): LiveRecord | undefined {
    return this.#held.get(id)?.live ?? this.#recent.get(id)
  }

  all(): LiveRecord[] {
    return [...[...this.#held.values()].map(({ live }) => live), ...this.#recent.values()]
  }

  unsaved(): LiveRecord[] {
    return [...this.#held.values()].map(({ live }) => live).filter((live) => live.isUnsaved)
  }

  /** To be called for a new record, and when the debts or the size of one have changed. */
  place(live: LiveRecord): void {
    this.#displace(live.id)
    if (live.gone) return
    const isSaved = live.committed && !live.vacant && !live.isUnsaved
    if (isSaved && live.size <= this.#maxBytes) this.#recent.set(live.id, live)
    else if (live.users > 0 || live.isUnsaved) this.#hold(live)
    while (this.#recent.size > 0 && this.#recent.calculatedSize + this.#heldBytes > this.#maxBytes) this.#recent.pop()
  }

  /** One of its users has gone. */
  release(live: LiveRecord): void {
    if (live.users === 0 && this.#held.has(live.id)) this.place(live)
  }

  remove(live: LiveRecord): void {
    live.gone = true
    if (this.get(live.id) === live) this.#displace(live.id)
  }

  #hold(live: LiveRecord): void {
    this.#held.set(live.id, { live, size: live.size })
    this.#heldBytes += live.size
  }

  #displace(id: string): void {
    this.#heldBytes -= this.#held.get(id)?.size ?? 0
    this.#held.delete(id)
    this.#recent.delete(id)
  }
}
