import type {
  CallOptions,
  ChangeListener,
  Claim,
  ClaimOptions,
  EpochMs,
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
import { callOf } from '../network/call.js'
import { Claims } from './claims.js'
import type { RedisConnection } from './connection.js'
import type { Keyspace } from './keys.js'
import { Listing } from './listing.js'
import { PrincipalIndex } from './principal-index.js'
import { type LoadReply, loadResult } from './replies.js'
import { Saves } from './saves.js'
import { scripts } from './scripts.js'
import type { SpaceSettings } from './settings.js'

/** A space in Redis. Each change of a record is one script, which applies entirely or not at all; its file describes it. */
export class RedisSpace implements Space {
  readonly #connection: RedisConnection
  readonly #keys: Keyspace
  readonly #settings: SpaceSettings
  readonly #principals: PrincipalIndex
  readonly #saves: Saves
  readonly #listing: Listing
  readonly #claims: Claims

  constructor(connection: RedisConnection, keys: Keyspace, settings: SpaceSettings) {
    this.#connection = connection
    this.#keys = keys
    this.#settings = settings
    this.#principals = new PrincipalIndex(connection, keys)
    this.#saves = new Saves(connection, keys, this.#principals, settings)
    this.#listing = new Listing(connection, keys, this.#principals)
    this.#claims = new Claims(connection, keys, this.#principals, settings)
  }

  load(id: string, options: LoadOptions): Promise<LoadResult> {
    const bucket = this.#keys.bucketOf(id)
    const record = bucket.record(id)
    const keys = options.touch ? [record, bucket.due] : [record]
    const parameters = [questionOf(options, this.#settings.graceMs)]
    const call = { operation: 'load', options }
    return this.#connection.run(scripts.load, keys, parameters, call, (reply: LoadReply) => loadResult(id, reply))
  }

  save(change: RecordChange, options: CallOptions): Promise<SaveResult> {
    return this.#saves.save(change, options)
  }

  list(query: ListQuery): Promise<ListPage> {
    return query.principal === undefined ? this.#listing.all(query) : this.#listing.of(query.principal, query)
  }

  /** Counts records that are claimed at the moment too. */
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

  async lock(id: string, options: LeaseOptions): Promise<LockResult> {
    const { now, leaseMs, token } = options
    const key = this.#keys.bucketOf(id).record(id)
    const call = callOf('lock', options)
    return String(await this.#connection.run(scripts.lock, [key], [now, now + leaseMs, token], call)) as LockResult
  }

  async unlock(id: string, options: CallOptions & { readonly token: string }): Promise<boolean> {
    const key = this.#keys.bucketOf(id).record(id)
    const parameters = [options.token, id, this.#settings.notify]
    return (await this.#connection.run(scripts.unlock, [key], parameters, callOf('unlock', options))) === 1
  }

  watch(listener: ChangeListener): Promise<() => Promise<void>> {
    return this.#settings.notices.watch(this.#keys.channel, listener)
  }
}

/** In place of a seal or version that is not given: it is not ASCII, as these are. */
const none = '∅'

/** The argument of the script of `load`, which describes it. */
function questionOf({ now, seal, ifChangedSince, touch, prolong }: LoadOptions, graceMs: number): string {
  const question = `${timeText(now)}\0${seal ?? none}\0${ifChangedSince ?? none}`
  if (!touch) return question
  const access = `${question}\0${now - touch.touchedAt}\0${touch.hits ?? 0}\0${graceMs}`
  return prolong ? `${access}\0${prolong.fromMs}\0${prolong.toMs ?? 'never'}` : access
}

/** Most times are whole, and five bytes shorter in base 36. */
function timeText(time: EpochMs): string {
  if (!Number.isInteger(time)) return `${time}`
  return time >= 0 ? time.toString(36) : `${time}.0`
}
