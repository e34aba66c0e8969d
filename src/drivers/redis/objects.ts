import type { CallOptions, EpochMs, ObjectSpace } from '../../storage/contract.js'
import { type Call, callOf } from '../network/call.js'
import type { RedisNode } from './client.js'
import type { RedisConnection } from './connection.js'
import { objectsPrefix } from './keys.js'

/** How much later than its expiry Redis removes an object: expiry is judged by the callers' time, not by that of Redis. */
const lateMs = 60_000
const headerBytes = 8
const never = Number.POSITIVE_INFINITY
const scannedAtOnce = 1_000

/** Object spaces in Redis. An object is a string that begins with the time at which it expires. */
export class RedisObjects implements ObjectSpace {
  readonly #connection: RedisConnection
  readonly #prefix: string

  constructor(connection: RedisConnection, prefix: string, name: string) {
    this.#connection = connection
    this.#prefix = objectsPrefix(prefix, name)
  }

  async get(key: string, options: CallOptions): Promise<Uint8Array | undefined> {
    const stored = await this.#command(callOf('get', options), 'get', key)
    return stored && expiryOf(stored) > options.now ? stored.subarray(headerBytes) : undefined
  }

  async set(key: string, value: Uint8Array, options: CallOptions & { readonly ttlMs: number | null }): Promise<void> {
    const { now, ttlMs } = options
    const stored = Buffer.concat([header(ttlMs === null ? never : now + ttlMs), value])
    const late = ttlMs === null ? [] : ['px', Math.ceil(ttlMs + lateMs)]
    await this.#connection.command(callOf('set', options), 'set', this.#prefix + key, stored, ...late)
  }

  async delete(key: string, options: CallOptions): Promise<boolean> {
    const stored = await this.#command(callOf('delete', options), 'getdel', key)
    return stored !== null && expiryOf(stored) > options.now
  }

  /** Removes all objects of the space. Scans every key of the server, a thousand at a time. */
  async clear(options: CallOptions): Promise<void> {
    const call = callOf('clear', options)
    await Promise.all(this.#connection.masters.map((master) => this.#clearOn(master, call)))
  }

  async #clearOn(master: RedisNode, call: Call): Promise<void> {
    const match = ['match', `${globOf(this.#prefix)}*`, 'count', scannedAtOnce]
    let cursor = '0'
    do {
      const [next, keys] = await this.#connection.commandTo<[Buffer, Buffer[]]>(master, call, 'scan', cursor, ...match)
      await Promise.all(keys.map((key) => this.#connection.command(call, 'unlink', key)))
      cursor = String(next)
    } while (cursor !== '0')
  }

  #command(call: Call, command: string, key: string): Promise<Buffer | null> {
    return this.#connection.command(call, command, this.#prefix + key)
  }
}

function header(expiresAt: EpochMs): Buffer {
  const bytes = Buffer.alloc(headerBytes)
  bytes.writeDoubleBE(expiresAt)
  return bytes
}

const expiryOf = (stored: Buffer): EpochMs => stored.readDoubleBE()

/** A glob pattern that matches exactly this text. */
const globOf = (text: string): string => text.replace(/[\\*?[\]^]/g, '\\$&')
