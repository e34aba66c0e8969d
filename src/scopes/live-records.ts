import { LRUCache } from 'lru-cache'
import type { LiveRecord } from './live-record.js'

/**
 * The records a memory-first scope holds, within a bound of bytes. A record in use or not yet backed up stays; the
 * others go when room is needed, least recently used first, for the store has them.
 */
export class LiveRecords {
  readonly #maxBytes: number
  readonly #held = new Map<string, { readonly live: LiveRecord; readonly size: number }>()
  readonly #idle: LRUCache<string, LiveRecord>
  #heldBytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
    this.#idle = new LRUCache({ maxSize: maxBytes, sizeCalculation: (live) => live.size })
  }

  /** True when nothing could be evicted to make room. */
  get isFull(): boolean {
    return this.#heldBytes >= this.#maxBytes
  }

  get(id: string): LiveRecord | undefined {
    return this.#held.get(id)?.live ?? this.#idle.get(id)
  }

  all(): LiveRecord[] {
    return [...[...this.#held.values()].map(({ live }) => live), ...this.#idle.values()]
  }

  unsaved(): LiveRecord[] {
    return [...this.#held.values()].map(({ live }) => live).filter((live) => live.isUnsaved)
  }

  /** To be called for a new record, and when the users, debts or size of one have changed. */
  place(live: LiveRecord): void {
    this.#displace(live.id)
    if (live.gone) return
    if (live.users > 0 || live.isUnsaved) {
      this.#held.set(live.id, { live, size: live.size })
      this.#heldBytes += live.size
    } else if (live.committed && !live.vacant) this.#idle.set(live.id, live)
    while (this.#idle.size > 0 && this.#idle.calculatedSize + this.#heldBytes > this.#maxBytes) this.#idle.pop()
  }

  remove(live: LiveRecord): void {
    live.gone = true
    if (this.get(live.id) === live) this.#displace(live.id)
  }

  #displace(id: string): void {
    this.#heldBytes -= this.#held.get(id)?.size ?? 0
    this.#held.delete(id)
    this.#idle.delete(id)
  }
}
