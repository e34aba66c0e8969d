import type { CallOptions, EpochMs, ObjectSpace } from '../../storage/contract.js'
import { type Call, callOf, throwIfGivenUp } from './call.js'
import type { Fields } from './client.js'
import { anyRecord } from './conditions.js'
import type { MongoConnection } from './connection.js'
import type { Documents, Index } from './documents.js'

/** How much later than its expiry the server removes an object: expiry is judged by the callers' time, not by that of the server. */
const lateSeconds = 60

export const objectIndexes: readonly Index[] = [
  { name: 'purgeAt', key: { purgeAt: 1 }, expireAfterSeconds: lateSeconds },
]

/** An object space in MongoDB: one collection, with a document for each object. The server itself removes what has expired. */
export class MongodbObjects implements ObjectSpace {
  readonly #connection: MongoConnection
  readonly #documents: Documents

  constructor(connection: MongoConnection, documents: Documents) {
    this.#connection = connection
    this.#documents = documents
  }

  async get(key: string, options: CallOptions): Promise<Uint8Array | undefined> {
    const call = callOf('get', options)
    const [fields] = await this.#documents.find({ _id: key }, { limit: 1 }, call)
    const { value } = fields ?? {}
    return fields && isLive(fields, options.now) && value instanceof Uint8Array ? Uint8Array.from(value) : undefined
  }

  async set(key: string, value: Uint8Array, options: CallOptions & { readonly ttlMs: number | null }): Promise<void> {
    const call = callOf('set', options)
    this.#connection.checkSize([value], call)
    const expiresAt = options.ttlMs === null ? null : options.now + options.ttlMs
    const members = { value, expiresAt, purgeAt: expiresAt === null ? null : new Date(Math.ceil(expiresAt)) }
    while (!(await this.#put(key, members, call))) {
      await this.#connection.measureClock(call)
      throwIfGivenUp(call)
    }
  }

  async delete(key: string, options: CallOptions): Promise<boolean> {
    const fields = await this.#documents.remove({ _id: key }, { value: 0 }, callOf('delete', options))
    return fields !== null && isLive(fields, options.now)
  }

  async clear(options: CallOptions): Promise<void> {
    await this.#documents.removeAll(anyRecord, callOf('clear', options))
  }

  /** False if another call made or removed the object between the two commands, or the server refused both as late. */
  async #put(key: string, members: Fields, call: Call): Promise<boolean> {
    if (await this.#documents.update({ _id: key }, { $set: members }, call)) return true
    return this.#documents.insert({ _id: key, ...members }, call)
  }
}

const isLive = ({ expiresAt }: Fields, now: EpochMs): boolean => typeof expiresAt !== 'number' || expiresAt > now
