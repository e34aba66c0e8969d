import type { CallOptions, EpochMs, ObjectSpace } from '../../storage/contract.js'
import { type Call, callOf } from '../network/call.js'
import type { Database } from './database.js'
import { isNotNull, Late } from './failure.js'
import { buffer, bytes } from './rows.js'
import type { SpaceNumbers } from './spaces.js'

/** How often a node deletes expired objects, and how long after their expiry: nodes may have different times. */
const purgeEveryMs = 60_000
const lateMs = 60_000
const deletedAtOnce = 1_000

/** Object spaces in MariaDB. Expired objects are deleted by later sets. */
export class MariadbObjects implements ObjectSpace {
  readonly #database: Database
  readonly #numbers: SpaceNumbers
  readonly #name: string
  #purgedAt: EpochMs = 0

  constructor(database: Database, numbers: SpaceNumbers, name: string) {
    this.#database = database
    this.#numbers = numbers
    this.#name = name
  }

  async get(key: string, options: CallOptions): Promise<Uint8Array | undefined> {
    const space = await this.#number
    const [row] = await this.#database.atOnce(callOf('get', options), (line) =>
      line.rows('get-object', space, bytes(key), options.now),
    )
    return row?.value as Uint8Array | undefined
  }

  async set(key: string, value: Uint8Array, options: CallOptions & { readonly ttlMs: number | null }): Promise<void> {
    const { now, ttlMs } = options
    const space = await this.#number
    const call = callOf('set', options)
    const expiresAt = ttlMs === null ? null : now + ttlMs
    await this.#database.atOnce(call, (line) =>
      line
        .change('set-object', this.#database.deadlineOf(call), space, bytes(key), buffer(value), expiresAt)
        .catch((error) => {
          throw isNotNull(error) ? new Late() : error
        }),
    )
    if (now - this.#purgedAt >= purgeEveryMs) {
      this.#purgedAt = now
      const purge = { operation: 'set' }
      this.#delete(purge, 'purge-objects', space, now - lateMs).catch(() => {}) // the next set tries again
    }
  }

  async delete(key: string, options: CallOptions): Promise<boolean> {
    const space = await this.#number
    const call = callOf('delete', options)
    const deleted = await this.#database.atOnce(call, (line) =>
      line.change('delete-object', space, bytes(key), options.now, this.#database.deadlineOf(call)),
    )
    return deleted > 0
  }

  async clear(options: CallOptions): Promise<void> {
    await this.#delete(callOf('clear', options), 'clear-objects', await this.#number)
  }

  async #delete(call: Call, name: 'clear-objects' | 'purge-objects', ...values: number[]): Promise<void> {
    const deleteSome = () => this.#database.transaction(call, (line) => line.change(name, ...values, deletedAtOnce))
    while ((await deleteSome()) === deletedAtOnce);
  }

  get #number(): Promise<number> {
    return this.#numbers.of(this.#name)
  }
}
