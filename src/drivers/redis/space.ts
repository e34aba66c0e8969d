import type {
  CallOptions,
  ChangeListener,
  Claim,
  ClaimOptions,
  ListPage,
  ListQuery,
  LoadOptions,
  LoadResult,
  RecordChange,
  SaveResult,
  Space,
} from '../../storage/contract.js'
import { callOf } from './call.js'
import { Claims } from './claims.js'
import type { RedisConnection } from './connection.js'
import type { Keyspace } from './keys.js'
import { Listing } from './listing.js'
import { Locks } from './locks.js'
import { PrincipalIndex } from './principal-index.js'
import { formerOwner, type LoadReply, loadResult, type RemoveReply } from './replies.js'
import { Saves } from './saves.js'
import { scripts } from './scripts.js'
import type { SpaceSettings } from './settings.js'

/** What is done to a record is one script, which applies entirely or not at all; its file says what it does. */
export class RedisSpace implements Space {
  readonly #connection: RedisConnection
  readonly #keys: Keyspace
  readonly #settings: SpaceSettings
  readonly #principals: PrincipalIndex
  readonly #saves: Saves
  readonly #listing: Listing
  readonly #claims: Claims
  readonly #locks: Locks

  constructor(connection: RedisConnection, keys: Keyspace, settings: SpaceSettings) {
    this.#connection = connection
    this.#keys = keys
    this.#settings = settings
    this.#principals = new PrincipalIndex(connection, keys)
    this.#saves = new Saves(connection, keys, this.#principals, settings)
    this.#listing = new Listing(connection, keys, this.#principals)
    this.#claims = new Claims(connection, keys, this.#principals, settings)
    this.#locks = new Locks(connection, keys)
  }

  load(id: string, options: LoadOptions): Promise<LoadResult> {
    const { now, seal, ifChangedSince, touch } = options
    const bucket = this.#keys.bucketOf(id)
    const keys = [bucket.due, bucket.record(id)]
    const access = touch ? `${now} ${now - touch.touchedAt} ${touch.hits ?? 0} ${this.#settings.graceMs}` : `${now}`
    const parameters = [access, given(seal), given(ifChangedSince)]
    const call = callOf('load', options)
    return this.#connection.run<LoadReply>(scripts.load, keys, parameters, call).then((reply) => loadResult(id, reply))
  }

  save(change: RecordChange, options: CallOptions): Promise<SaveResult> {
    return this.#saves.save(change, options)
  }

  async delete(id: string, options: CallOptions): Promise<boolean> {
    const bucket = this.#keys.bucketOf(id)
    const keys = [bucket.due, bucket.ids, bucket.record(id)]
    const parameters = [options.now, this.#settings.tell]
    const reply = await this.#connection.run<RemoveReply>(scripts.delete, keys, parameters, callOf('delete', options))
    const ownership = reply && formerOwner(reply)
    if (ownership) await this.#principals.forget(id, ownership)
    return reply !== null
  }

  list(query: ListQuery): Promise<ListPage> {
    return query.principal === undefined ? this.#listing.all(query) : this.#listing.of(query.principal, query)
  }

  /** Records that are claimed at the moment are counted too. */
  async count(options: CallOptions): Promise<number> {
    const call = callOf('count', options)
    const counts = await Promise.all(
      this.#keys.buckets.map(({ due }) =>
        this.#connection.command<number>(call, 'zcount', due, `(${options.now}`, '+inf'),
      ),
    )
    return counts.reduce((sum, count) => sum + count, 0)
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

  lock(id: string, options: CallOptions & { readonly token: string; readonly leaseMs: number }): Promise<boolean> {
    return this.#locks.take(id, options)
  }

  unlock(id: string, token: string): Promise<boolean> {
    return this.#locks.release(id, token)
  }

  watch(listener: ChangeListener): Promise<() => Promise<void>> {
    return this.#settings.notices.watch(this.#keys.channel, listener)
  }
}

/** Tells an empty text from none. */
const given = (text: string | undefined): string => (text === undefined ? '' : `=${text}`)
