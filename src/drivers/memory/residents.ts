import { LRUCache } from 'lru-cache'
import type { EpochMs } from '../../storage/contract.js'
import { StorageError } from '../../storage/storage-error.js'
import type { DriverEnvironment } from '../definition.js'
import type { MemoryOptions } from './options.js'

const never = Number.POSITIVE_INFINITY

/**
 * - `fleeting`: an object, or a record without a principal that was not accessed again after its creation
 * - `anonymous`: another record without a principal
 * - `owned`: a record with a principal
 */
export type Worth = 'fleeting' | 'anonymous' | 'owned'

/** A record or object that takes room in memory. */
export interface Resident {
  readonly id: string
  readonly owner: { readonly name: string; forget(id: string): void }
  readonly worth: Worth
  /** The time when an object expires. Records have none, because an expired record still waits for its end. */
  readonly uselessFrom?: EpochMs | null
  /** Whether it is a record that expired or was ended, and waits for its end. */
  isWaiting(now: EpochMs): boolean
}

/** Residents with their bytes, in the order of their last use. */
type Queue = LRUCache<Resident, number>

// lru-cache keeps the order and the sum. Its own limit is never reached, because the queues have one in common.
const newQueue = (): Queue => new LRUCache({ maxSize: Number.MAX_SAFE_INTEGER, sizeCalculation: (bytes) => bytes })

/**
 * All records and objects of one driver, within its limits. If there is no room, expired objects are removed first. Then they
 * are evicted by their worth, so that a flood of visitors who never come back takes no session from one who is logged in:
 * fleeting ones, anonymous ones, anonymous records that wait for their end, owned ones, and owned ones that wait; among equals
 * the one used least recently. Each eviction is reported, except those of expired objects.
 */
export class Residents {
  readonly #live = { fleeting: newQueue(), anonymous: newQueue(), owned: newQueue() } satisfies Record<Worth, Queue>
  /** Those that were found to wait for their end when room was needed. */
  readonly #waiting = { anonymous: newQueue(), owned: newQueue() }
  readonly #queues: readonly Queue[] = [...Object.values(this.#live), ...Object.values(this.#waiting)]
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
    return this.#queues.reduce((sum, { size }) => sum + size, 0)
  }

  get bytes(): number {
    return this.#queues.reduce((sum, { calculatedSize }) => sum + calculatedSize, 0)
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
    this.#live[resident.worth].set(resident, bytes)
    this.#nextExpiry = Math.min(this.#nextExpiry, resident.uselessFrom ?? never)
  }

  use(resident: Resident): void {
    this.#live[resident.worth].get(resident)
  }

  release(resident: Resident): void {
    this.#queues.some((queue) => queue.delete(resident))
  }

  #refuseGiants(bytes: number): void {
    if (bytes <= this.#maxBytes) return
    const reason = `${bytes} bytes for one entry are more than maxBytes, which is ${this.#maxBytes}`
    throw new StorageError('STORAGE_FULL', { cache: this.#environment.cache, operation: 'save', reason })
  }

  #hasRoomFor(bytes: number): boolean {
    return this.entries < this.#maxEntries && this.bytes + bytes <= this.#maxBytes
  }

  /** Removes expired objects. It visits all that are fleeting, so it runs only if an object has expired since the last time. */
  #removeUseless(now: EpochMs): void {
    if (now < this.#nextExpiry) return
    this.#nextExpiry = never
    for (const { id, owner, uselessFrom } of [...this.#live.fleeting.keys()]) {
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
    const { fleeting, anonymous, owned } = this.#live
    const victim =
      this.#oldestLive(fleeting, now) ??
      this.#oldestLive(anonymous, now) ??
      oldestOf(this.#waiting.anonymous) ??
      this.#oldestLive(owned, now) ??
      oldestOf(this.#waiting.owned)
    if (!victim) throw new RangeError('There is no room although nothing is held')
    return victim
  }

  /** Those that wait for their end by now go to their queue, so that each is passed over once. */
  #oldestLive(queue: Queue, now: EpochMs): Resident | undefined {
    for (let oldest = oldestOf(queue); oldest; oldest = oldestOf(queue)) {
      if (!oldest.isWaiting(now)) return oldest
      const bytes = queue.peek(oldest) ?? 0
      queue.delete(oldest)
      this.#waiting[oldest.worth === 'owned' ? 'owned' : 'anonymous'].set(oldest, bytes)
    }
    return undefined
  }
}

/** The one used least recently. */
function oldestOf(queue: Queue): Resident | undefined {
  for (const oldest of queue.rkeys()) return oldest
  return undefined
}
