import type { Codec } from '../../codec/codec.js'
import { refusalOf } from '../../codec/sealing/unopened.js'
import { parseTimeout } from '../../errors/parse-duration.js'
import type { Clock } from '../../support/clock.js'
import type { Timeout } from '../../support/duration.js'
import type { ObjectSpace } from '../contract.js'

/** A cache of plain values under the application's own keys, each with a time to live. Any value may be evicted at any time. */
export class ObjectCache {
  readonly #objects: ObjectSpace
  readonly #codec: Codec
  readonly #clock: Clock
  readonly #loading = new Map<string, Promise<unknown>>()

  constructor(objects: ObjectSpace, codec: Codec, clock: Clock) {
    this.#objects = objects
    this.#codec = codec
    this.#clock = clock
  }

  /**
   * Returns the value, or undefined if there is no live entry, or a sealed one that does not open: the health of the cache
   * counts these, and the next `set` replaces it. Throws VALUE_UNDECODABLE, StorageError.
   */
  async get<T = unknown>(key: string): Promise<T | undefined> {
    const bytes = await this.#objects.get(key, { now: this.#clock.now() })
    return bytes && !refusalOf(bytes) ? (this.#codec.decode(bytes, key) as T) : undefined
  }

  /** Stores a value. `never` (default): until it is deleted or evicted. Throws VALUE_NOT_STORABLE, DURATION_INVALID, StorageError. */
  async set(key: string, value: unknown, ttl: Timeout = 'never'): Promise<void> {
    const options = { now: this.#clock.now(), ttlMs: parseTimeout(ttl) }
    await this.#objects.set(key, this.#codec.encode(value, key), options)
  }

  /** True if there was a live entry. */
  async delete(key: string): Promise<boolean> {
    return this.#objects.delete(key, { now: this.#clock.now() })
  }

  clear(): Promise<void> {
    return this.#objects.clear({ now: this.#clock.now() })
  }

  /**
   * Returns the cached value, or the result of `load`, which is then cached. Calls for one key at the same time on this node
   * share one load and its result or error. Errors and undefined are not cached.
   */
  remember<T>(key: string, ttl: Timeout, load: () => T | Promise<T>): Promise<T> {
    const loading = this.#loading.get(key) as Promise<T> | undefined
    if (loading) return loading
    const begun = this.#recallOrLoad(key, ttl, load).finally(() => this.#loading.delete(key))
    this.#loading.set(key, begun)
    return begun
  }

  async #recallOrLoad<T>(key: string, ttl: Timeout, load: () => T | Promise<T>): Promise<T> {
    const cached = await this.get<T>(key)
    if (cached !== undefined) return cached
    const value = await load()
    if (value !== undefined) await this.set(key, value, ttl)
    return value
  }
}
