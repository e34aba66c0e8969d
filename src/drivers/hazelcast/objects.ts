import type { CallOptions, EpochMs, ObjectSpace } from '../../storage/contract.js'
import { type Call, callOf } from '../network/call.js'
import type { HazelcastMap } from './client.js'
import type { HazelcastConnection } from './connection.js'
import { objectsName } from './names.js'

/** How much later than its expiry Hazelcast removes an object: expiry is judged by the callers' time, not by that of a member. */
const lateMs = 60_000
const headerBytes = 8
const never = Number.POSITIVE_INFINITY

/** Object spaces as maps of bytes, which begin with the time at which the object expires. */
export class HazelcastObjects implements ObjectSpace {
  readonly #connection: HazelcastConnection
  readonly #name: string

  constructor(connection: HazelcastConnection, prefix: string, space: string) {
    this.#connection = connection
    this.#name = objectsName(prefix, space)
  }

  async get(key: string, options: CallOptions): Promise<Uint8Array | undefined> {
    const call = callOf('get', options)
    const map = await this.#map(call)
    const stored = this.#checked(await this.#connection.read(call, () => map.get(key)), call)
    return stored && expiryOf(stored) > options.now ? stored.subarray(headerBytes) : undefined
  }

  async set(key: string, value: Uint8Array, options: CallOptions & { readonly ttlMs: number | null }): Promise<void> {
    const { now, ttlMs } = options
    const call = callOf('set', options)
    const map = await this.#map(call)
    const stored = Buffer.concat([header(ttlMs === null ? never : now + ttlMs), value])
    const lifeMs = ttlMs === null ? 0 : Math.ceil(ttlMs + lateMs)
    await this.#connection.write(call, () => map.set(key, stored, lifeMs))
  }

  async delete(key: string, options: CallOptions): Promise<boolean> {
    const call = callOf('delete', options)
    const map = await this.#map(call)
    const stored = this.#checked(await this.#connection.write(call, () => map.remove(key)), call)
    return stored !== undefined && expiryOf(stored) > options.now
  }

  async clear(options: CallOptions): Promise<void> {
    const call = callOf('clear', options)
    const map = await this.#map(call)
    await this.#connection.write(call, () => map.clear())
  }

  #map(call: Call): Promise<HazelcastMap<Buffer>> {
    return this.#connection.map(call, this.#name)
  }

  /** The bytes of an object; undefined if there is none. Throws STORAGE_CORRUPT for another program's value. */
  #checked(stored: unknown, { operation }: Call): Buffer | undefined {
    if (stored === null) return undefined
    if (Buffer.isBuffer(stored) && stored.byteLength >= headerBytes) return stored
    throw this.#connection.failure(new TypeError(`${this.#name} holds a value that is not an object`), operation)
  }
}

function header(expiresAt: EpochMs): Buffer {
  const bytes = Buffer.alloc(headerBytes)
  bytes.writeDoubleBE(expiresAt)
  return bytes
}

const expiryOf = (stored: Buffer): EpochMs => stored.readDoubleBE()
