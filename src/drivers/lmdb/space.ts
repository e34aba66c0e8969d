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
import { claim, mayClaim } from './claims.js'
import { Keyspace } from './keys.js'
import { list } from './list.js'
import type { RecordEntry } from './record-entry.js'
import { Records } from './records.js'
import type { LmdbStore, Write } from './store.js'

/** The most transactions of one `claimExpired` call. */
const mostPasses = 20

/**
 * A space in LMDB. Each call is a read, or a transaction that takes the steps of the contract on rows. Attributes are
 * read and written separately.
 */
export class LmdbSpace implements Space {
  readonly #store: LmdbStore
  readonly #keys: Keyspace

  constructor(name: string, store: LmdbStore) {
    this.#store = store
    this.#keys = new Keyspace(name)
  }

  /** Loads a record. With a touch it is a transaction, unless the read before it finds no record to touch. */
  async load(id: string, options: LoadOptions): Promise<LoadResult> {
    const key = this.#keys.entry(id)
    const { touch, ...untouching } = options
    const touches = touch && (await this.#read('load', (records) => isFound(records, key, untouching)))
    if (touches) return this.#write({ operation: 'load', options }, (records) => load(records, key, options))
    return this.#read('load', (records) => load(records, key, untouching))
  }

  save(change: RecordChange, options: CallOptions): Promise<SaveResult> {
    const key = this.#keys.entry(change.id)
    const write = { operation: 'save', options, grows: addsContent(change) }
    return this.#write(write, (records) => save(records, key, change, options))
  }

  list(query: ListQuery): Promise<ListPage> {
    return this.#read('list', (records) => list(records, query))
  }

  count({ now }: CallOptions): Promise<number> {
    return this.#read('count', (records) => records.countLive(now))
  }

  /**
   * Claims due records. It opens a transaction only if the read before it finds a record. The number of transactions is
   * limited, because the call has a deadline; records due behind those that were queued anew are left for a later call.
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
    return this.#eachHeld('renew', claims, options, (records, key, claim) =>
      take(records, key, (row) => steps.renew(row, claim, until)),
    )
  }

  settle(claims: readonly Claim[], options: CallOptions): Promise<readonly string[]> {
    return this.#eachHeld('settle', claims, options, (records, key, claim) => {
      const entry = records.find(key)
      const isHeld = steps.isHeld(entry, claim)
      if (isHeld) records.remove(key, entry)
      return isHeld
    })
  }

  /** Takes a lock. It opens a transaction only if the lock is free. */
  async lock(id: string, options: LeaseOptions): Promise<LockResult> {
    const key = this.#keys.entry(id)
    const step = (row: RecordEntry | undefined) => steps.lock(row, options)
    const seen = await this.#read('lock', (records) => step(records.find(key)).answer)
    return seen === 'taken' ? this.#write({ operation: 'lock', options }, (records) => take(records, key, step)) : seen
  }

  unlock(id: string, options: CallOptions & { readonly token: string }): Promise<boolean> {
    const key = this.#keys.entry(id)
    return this.#write({ operation: 'unlock', options }, (records) =>
      take(records, key, (row) => steps.unlock(row, options.token)),
    )
  }

  /** The ids of the claims that are still held, as `apply` returns for each. */
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

/** Takes a step and writes the new row. */
function take<Answer>(
  records: Records,
  key: Buffer,
  step: (row: RecordEntry | undefined) => steps.Step<Answer, steps.Row>,
): Answer {
  const entry = records.find(key)
  const { answer, row } = step(entry)
  if (row) records.put(key, entry, row)
  return answer
}

function isFound(records: Records, key: Buffer, options: LoadOptions): boolean {
  const { status } = steps.load(records.find(key), options).answer
  return status === 'loaded' || status === 'unchanged'
}

/** Loads a record. Reads the attributes only if the caller holds another version; a touch writes only the head. */
function load(records: Records, key: Buffer, options: LoadOptions): LoadResult {
  const entry = records.find(key)
  const { answer, row } = steps.load(entry, options)
  if (row) records.put(key, entry, row)
  const present = row ?? entry
  if (answer.status !== 'loaded' || !present) return answer as Exclude<LoadResult, { status: 'loaded' }>
  return { ...answer, record: records.complete(key, present.head) }
}

function save(records: Records, key: Buffer, change: RecordChange, { now }: CallOptions): SaveResult {
  const entry = records.find(key)
  const { answer, row } =
    change.mode === 'create'
      ? steps.create(entry, change, now)
      : steps.update(entry, change, now, () => records.countLeft(key, change))
  if (row) {
    records.changeAttributes(key, change)
    records.put(key, entry, row)
  }
  return answer
}

const addsContent = ({ mode, set }: RecordChange): boolean => mode === 'create' || (set?.size ?? 0) > 0
