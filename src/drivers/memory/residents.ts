import { LRUCache } from 'lru-cache'
import type { EpochMs } from '../../storage/contract.js'
import { StorageError } from '../../storage/storage-error.js'
import type { DriverEnvironment } from '../definition.js'
import type { MemoryOptions } from './options.js'

const never = Number.POSITIVE_INFINITY

/** A record or object that takes room in memory. */
export interface Resident {
  readonly id: string
  readonly owner: { readonly name: string; forget(id: string): void }
  /** The time when an object expires. Records have none, because an expired record still waits for its end. */
  readonly uselessFrom?: EpochMs | null
  /** Whether it is a record that expired or was ended, and waits for its end. */
  isWaiting(now: EpochMs): boolean
}

/**
 * All records and objects of one driver, within its limits. If there is no room, expired objects are removed first; then the
 * live record or object used least recently; a record that waits for its end only if nothing else is left. Each eviction is
 * reported, except those of expired objects.
 */
export class Residents {
  // lru-cache keeps the order and the sum. Its own limit is never reached, because it would evict waiting records too.
  readonly #byUse = new LRUCache<Resident, true>({ maxSize: Number.MAX_SAFE_INTEGER })
  readonly #maxEntries: number
  readonly #maxBytes: number
  readonly #environment: DriverEnvironment
  /** A time before which no object expires. */
  #nextExpiry = never
  #evictions = 0

  constructor({ maxEntries, maxBytes }: MemoryOptions, environment: DriverEnvironment) {
    this.#maxEntries = maxEntries
    this.#maxBytes = maxBytes ?? never
    this.#environment = environment
  }

  get entries(): number {
    return this.#byUse.size
  }

  get bytes(): number {
    return this.#byUse.calculatedSize
  }

  get evictions(): number {
    return this.#evictions
  }

  /**
   * Adds the resident, in place of its predecessor if given, or changes its size. If it can never fit, throws
   * STORAGE_FULL and changes nothing.
   */
  hold(resident: Resident, bytes: number, now: EpochMs, predecessor = resident): void {
    this.#refuseGiants(bytes)
    this.release(predecessor)
    if (!this.#hasRoomFor(bytes)) this.#removeUseless(now)
    while (!this.#hasRoomFor(bytes)) this.#evict(this.#victim(now))
    this.#byUse.set(resident, true, { size: bytes })
    this.#nextExpiry = Math.min(this.#nextExpiry, resident.uselessFrom ?? never)
  }

  use(resident: Resident): void {
    this.#byUse.get(resident)
  }

  release(resident: Resident): void {
    this.#byUse.delete(resident)
  }

  #refuseGiants(bytes: number): void {
    if (bytes <= this.#maxBytes) return
    const reason = `${bytes} bytes for one entry are more than maxBytes, which is ${this.#maxBytes}`
    throw new StorageError('STORAGE_FULL', { cache: this.#environment.cache, operation: 'save', reason })
  }

  #hasRoomFor(bytes: number): boolean {
    return this.entries < this.#maxEntries && this.bytes + bytes <= this.#maxBytes
  }

  /** Removes expired objects. It visits all residents, so it runs only if an object has expired since the last time. */
  #removeUseless(now: EpochMs): void {
    if (now < this.#nextExpiry) return
    this.#nextExpiry = never
    for (const { id, owner, uselessFrom } of [...this.#byUse.keys()]) {
      const expiry = uselessFrom ?? never
      if (expiry <= now) owner.forget(id)
      else this.#nextExpiry = Math.min(this.#nextExpiry, expiry)
    }
  }

  #evict({ id, owner }: Resident): void {
    owner.forget(id)
    this.#evictions += 1
    this.#environment.onEvicted({ space: owner.name, id })
  }

  #victim(now: EpochMs): Resident {
    let waiting: Resident | undefined
    for (const resident of this.#byUse.rkeys()) {
      if (!resident.isWaiting(now)) return resident
      waiting ??= resident
    }
    if (!waiting) throw new RangeError('There is no room although nothing is held')
    return waiting
  }
}
