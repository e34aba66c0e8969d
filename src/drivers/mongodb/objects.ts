import type { CallOptions, EpochMs, ObjectSpace } from '../../storage/contract.js'
import { type Call, callOf, throwIfGivenUp } from '../network/call.js'
import type { Fields } from './client.js'
import type { MongoConnection } from './connection.js'
import { type Documents, type Index, inserted } from './documents.js'

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
    const purgeAt = expiresAt === null ? null : new Date(Math.ceil(expiresAt))
    while (!(await this.#put(key, { value, expiresAt, purgeAt }, options.now, call))) {
      await this.#connection.measureClock(call)
      throwIfGivenUp(call)
    }
  }

  async delete(key: string, options: CallOptions): Promise<boolean> {
    const fields = await this.#documents.remove({ _id: key }, { value: 0 }, callOf('delete', options))
    return fields !== null && fields.reserved !== true && isLive(fields, options.now)
  }

  async clear(options: CallOptions): Promise<void> {
    await this.#documents.removeAll({}, callOf('clear', options))
  }

  /** False if another call made or removed the object meanwhile, or the server refused it as late. */
  async #put(key: string, members: Fields, now: EpochMs, call: Call): Promise<boolean> {
    if (await this.#documents.update({ _id: key, ...inserted }, { $set: members }, call)) return true
    // The server removes a reservation that is not used as it removes objects.
    return this.#documents.insert({ _id: key, ...members }, { purgeAt: new Date(now) }, call)
  }
}

const isLive = ({ expiresAt }: Fields, now: EpochMs): boolean => typeof expiresAt !== 'number' || expiresAt > now
