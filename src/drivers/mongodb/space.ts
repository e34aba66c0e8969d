import type {
  CallOptions,
  Claim,
  ClaimOptions,
  LeaseOptions,
  ListPage,
  ListQuery,
  LoadOptions,
  LoadResult,
  LockResult,
  RecordChange,
  SaveResult,
  Space,
} from '../../storage/contract.js'
import * as steps from '../../storage/steps.js'
import { callOf } from '../network/call.js'
import { Claims } from './claims.js'
import { liveAt, lockableBy } from './conditions.js'
import type { MongoConnection } from './connection.js'
import { foundIn, withoutAttributes } from './document.js'
import type { Documents, Index } from './documents.js'
import { Loads } from './loads.js'
import { Records } from './records.js'
import { Saves } from './saves.js'
import { DocumentUpdate } from './update.js'

export const recordIndexes: readonly Index[] = [
  { name: 'wakeAt', key: { wakeAt: 1 } },
  { name: 'principal', key: { principal: 1, _id: 1 }, partialFilterExpression: { principal: { $exists: true } } },
]

/** A space in MongoDB: one collection, with a document for each record. */
export class MongodbSpace implements Space {
  readonly #documents: Documents
  readonly #records: Records
  readonly #loads: Loads
  readonly #saves: Saves
  readonly #claims: Claims

  constructor(connection: MongoConnection, documents: Documents) {
    this.#documents = documents
    this.#records = new Records(connection, documents)
    this.#loads = new Loads(this.#records)
    this.#saves = new Saves(connection, this.#records)
    this.#claims = new Claims(this.#records)
  }

  load(id: string, options: LoadOptions): Promise<LoadResult> {
    return this.#loads.load(id, options)
  }

  save(change: RecordChange, options: CallOptions): Promise<SaveResult> {
    return this.#saves.save(change, options)
  }

  /** Lists by id. The cursor is the last id of the page. */
  async list(query: ListQuery): Promise<ListPage> {
    const { now, limit, cursor, principal } = query
    const filter = {
      ...(cursor !== undefined && { _id: { $gt: cursor } }),
      ...(principal !== undefined && { principal }),
      ...liveAt(now),
    }
    const page = { sort: { _id: 1 }, limit, projection: withoutAttributes }
    const listed = await this.#documents.find(filter, page, callOf('list', query))
    const items = listed.flatMap((fields) => foundIn(fields)?.row.head ?? [])
    return listed.length < limit ? { items } : { items, cursor: String(listed.at(-1)?._id) }
  }

  count(options: CallOptions): Promise<number> {
    return this.#documents.count(liveAt(options.now), callOf('count', options))
  }

  claimExpired(options: ClaimOptions): Promise<readonly Claim[]> {
    return this.#claims.claim(options)
  }

  renew(claims: readonly Claim[], options: CallOptions & { readonly leaseMs: number }): Promise<readonly string[]> {
    return this.#claims.renew(claims, options)
  }

  settle(claims: readonly Claim[], options: CallOptions): Promise<readonly string[]> {
    return this.#claims.settle(claims, options)
  }

  async lock(id: string, options: LeaseOptions): Promise<LockResult> {
    const { now, leaseMs, token } = options
    const call = callOf('lock', options)
    const { $and = [], ...live } = liveAt(now)
    const filter = { _id: id, ...live, $and: [...($and as []), lockableBy(token, now)] }
    const update = new DocumentUpdate().put('lock', { token, until: now + leaseMs })
    if (await this.#documents.update(filter, update.fields, call)) return 'taken'
    return this.#records.change(id, 'head', call, (found) => steps.lock(found?.row, options))
  }

  async unlock(id: string, options: CallOptions & { readonly token: string }): Promise<boolean> {
    const { token } = options
    const call = callOf('unlock', options)
    const update = new DocumentUpdate().put('lock', null)
    if (await this.#documents.update({ _id: id, 'lock.token': token }, update.fields, call)) return true
    return this.#records.change(id, 'head', call, (found) => steps.unlock(found?.row, token))
  }
}
