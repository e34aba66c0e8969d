import { LRUCache } from 'lru-cache'
import type { EpochMs } from '../../storage/contract.js'
import { StorageError } from '../../storage/storage-error.js'
import type { DriverEnvironment } from '../definition.js'
import type { MemoryOptions } from './options.js'

const never = Number.POSITIVE_INFINITY

/** A record or an object, as something that takes room. */
export interface Resident {
  readonly id: string
  readonly owner: { readonly name: string; forget(id: string): void }
  /** When an object expires. Records have none: an expired one still waits for its end. */
  readonly uselessFrom?: EpochMs | null
  /** It is a record that expired or was ended, and has not had its end yet. */
  isWaiting(now: EpochMs): boolean
}

/**
 * All that one driver holds, within its limits. Expired objects go first; then the live record or object that was used
 * least recently; a record that waits for its end goes only when nothing else is left. All but expired objects are reported.
 */
export class Residents {
  // lru-cache keeps the order and the sum. Its own limit, which knows nothing of waiting records, is out of reach.
  readonly #byUse = new LRUCache<Resident, true>({ maxSize: Number.MAX_SAFE_INTEGER })
  readonly #maxEntries: number
  readonly #maxBytes: number
  readonly #environment: DriverEnvironment
  /** No object expires earlier. */
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

  /** Takes the resident in, also in its predecessor's place or at another size. When it can never fit, it throws and nothing has changed. */
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

  /** Looks at everything, so only when something has expired since the last time. */
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
