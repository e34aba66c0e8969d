import type { CallOptions, EpochMs, ObjectSpace } from '../../storage/contract.js'
import { Keyspace, startingWith } from './keys.js'
import type { LmdbStore } from './store.js'
import { keysIn, type Tables } from './tables.js'

/** The most expired objects that each `set` removes: more than it adds, so that they cannot accumulate. */
const removedPerSet = 4
const headerBytes = 8
const never = Number.POSITIVE_INFINITY
const nothing = new Uint8Array()

/** Object spaces in LMDB. An object is stored behind the time at which it expires. */
export class LmdbObjects implements ObjectSpace {
  readonly #store: LmdbStore
  readonly #keys: Keyspace

  constructor(name: string, store: LmdbStore) {
    this.#store = store
    this.#keys = new Keyspace(name)
  }

  get(key: string, { now }: CallOptions): Promise<Uint8Array | undefined> {
    return this.#store.read('get', ({ objects }) => {
      const stored = objects.get(this.#keys.entry(key))
      return stored && expiryOf(stored) > now ? stored.subarray(headerBytes) : undefined
    })
  }

  set(key: string, value: Uint8Array, options: CallOptions & { readonly ttlMs: number | null }): Promise<void> {
    const { now, ttlMs } = options
    const entry = this.#keys.entry(key)
    const expiresAt = ttlMs === null ? never : now + ttlMs
    return this.#store.write({ operation: 'set', options, grows: true }, (tables) => {
      this.#remove(tables, entry)
      this.#removeExpired(tables, now)
      tables.objects.putSync(entry, Buffer.concat([header(expiresAt), value]))
      if (expiresAt < never) tables.expiries.putSync(this.#keys.timed(expiresAt, entry), nothing)
    })
  }

  delete(key: string, options: CallOptions): Promise<boolean> {
    return this.#store.write({ operation: 'delete', options }, (tables) => {
      const expiresAt = this.#remove(tables, this.#keys.entry(key))
      return expiresAt !== undefined && expiresAt > options.now
    })
  }

  clear(options: CallOptions): Promise<void> {
    return this.#store.write({ operation: 'clear', options }, ({ objects, expiries }) => {
      const all = startingWith(this.#keys.prefix)
      for (const table of [objects, expiries]) for (const key of keysIn(table, all)) table.removeSync(key)
    })
  }

  /** Removes an object. Returns when it would have expired; undefined if there was none. */
  #remove({ objects, expiries }: Tables, entry: Buffer): EpochMs | undefined {
    const stored = objects.get(entry)
    if (!stored) return undefined
    const expiresAt = expiryOf(stored)
    objects.removeSync(entry)
    if (expiresAt < never) expiries.removeSync(this.#keys.timed(expiresAt, entry))
    return expiresAt
  }

  #removeExpired(tables: Tables, now: EpochMs): void {
    const expired = keysIn(tables.expiries, { ...this.#keys.timedUntil(now), limit: removedPerSet })
    for (const key of expired) this.#remove(tables, this.#keys.entryOf(key))
  }
}

function header(expiresAt: EpochMs): Buffer {
  const bytes = Buffer.alloc(headerBytes)
  bytes.writeDoubleBE(expiresAt)
  return bytes
}

const expiryOf = (stored: Uint8Array): EpochMs => Buffer.from(stored.buffer, stored.byteOffset).readDoubleBE()
