import type {
  CallOptions,
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
import { claim, mayClaim, renew, settle } from './claims.js'
import { Keyspace } from './keys.js'
import { list } from './list.js'
import { isOpenTo, load } from './load.js'
import { holderOf, mayTake, release, take } from './locks.js'
import { Records } from './records.js'
import { addsContent, create, update } from './save.js'
import type { LmdbStore, Write } from './store.js'

/** How many transactions a call for claims makes at the most. */
const mostPasses = 20

/** Says what is a read and what a transaction; what happens in them is in the file of each operation's name. */
export class LmdbSpace implements Space {
  readonly #store: LmdbStore
  readonly #keys: Keyspace

  constructor(name: string, store: LmdbStore) {
    this.#store = store
    this.#keys = new Keyspace(name)
  }

  /** A load that touches is a transaction, unless there is nothing to touch. */
  async load(id: string, options: LoadOptions): Promise<LoadResult> {
    const key = this.#keys.entry(id)
    const { touch, ...untouching } = options
    const touches = touch && (await this.#read('load', (records) => isOpenTo(records, key, options)))
    if (touches) return this.#write({ operation: 'load', options }, (records) => load(records, key, options))
    return this.#read('load', (records) => load(records, key, untouching))
  }

  save(change: RecordChange, options: CallOptions): Promise<SaveResult> {
    const { now } = options
    const key = this.#keys.entry(change.id)
    return this.#store.write({ operation: 'save', options, grows: addsContent(change) }, (tables) => {
      const records = new Records(tables, this.#keys)
      if (change.mode === 'create') return create(records, key, change, now)
      return update(records, key, change, now, holderOf(tables, key, now))
    })
  }

  delete(id: string, options: CallOptions): Promise<boolean> {
    const key = this.#keys.entry(id)
    return this.#write({ operation: 'delete', options }, (records) => {
      const entry = records.findLive(key, options.now)
      if (entry) records.remove(key, entry)
      return entry !== undefined
    })
  }

  list(query: ListQuery): Promise<ListPage> {
    return this.#read('list', (records) => list(records, query))
  }

  count({ now }: CallOptions): Promise<number> {
    return this.#read('count', (records) => records.countLive(now))
  }

  /**
   * A transaction only when the read before it finds something. So many records are queued anew at the most: what is due
   * behind them is for a later call, since this one has a deadline.
   */
  async claimExpired(options: ClaimOptions): Promise<readonly Claim[]> {
    const only = options.id === undefined ? undefined : this.#keys.entry(options.id)
    for (let pass = 0; pass < mostPasses; pass += 1) {
      if (!(await this.#read('claimExpired', (records) => mayClaim(records, options, only)))) break
      const claims = await this.#write({ operation: 'claimExpired', options }, (records) =>
        claim(records, options, only),
      )
      if (claims) return claims
    }
    return []
  }

  renew(claims: readonly Claim[], options: CallOptions & { readonly leaseMs: number }): Promise<readonly string[]> {
    const until = options.now + options.leaseMs
    return this.#eachHeld('renew', claims, options, (records, key, claim) => renew(records, key, claim, until))
  }

  settle(claims: readonly Claim[], options: CallOptions): Promise<readonly string[]> {
    return this.#eachHeld('settle', claims, options, settle)
  }

  async lock(
    id: string,
    options: CallOptions & { readonly token: string; readonly leaseMs: number },
  ): Promise<boolean> {
    const { now, token, leaseMs } = options
    const key = this.#keys.entry(id)
    const free = await this.#store.read('lock', (tables) => mayTake(tables, key, token, now))
    if (!free) return false
    const lock = { token, until: now + leaseMs }
    return this.#store.write({ operation: 'lock', options }, (tables) => take(tables, key, lock, now))
  }

  unlock(id: string, token: string): Promise<boolean> {
    return this.#store.write({ operation: 'unlock' }, (tables) => release(tables, this.#keys.entry(id), token))
  }

  /** The ids of those claims for which `apply` finds that they are still held. */
  async #eachHeld(
    operation: string,
    claims: readonly Claim[],
    options: CallOptions,
    apply: (records: Records, key: Buffer, claim: Claim) => boolean,
  ): Promise<readonly string[]> {
    if (claims.length === 0) return []
    return this.#write({ operation, options }, (records) =>
      claims.filter((claim) => apply(records, this.#keys.entry(claim.record.id), claim)).map(({ record }) => record.id),
    )
  }

  #read<T>(operation: string, query: (records: Records) => T): Promise<T> {
    return this.#store.read(operation, (tables) => query(new Records(tables, this.#keys)))
  }

  #write<T>(write: Write, change: (records: Records) => T): Promise<T> {
    return this.#store.write(write, (tables) => change(new Records(tables, this.#keys)))
  }
}
