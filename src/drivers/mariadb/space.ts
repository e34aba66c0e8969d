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
import { callOf } from '../network/call.js'
import { claimDue, renewClaims, settleClaims } from './claims.js'
import type { Database } from './database.js'
import { loadRecord } from './loads.js'
import { lockRecord, unlockRecord } from './locks.js'
import { bytes, foundIn } from './rows.js'
import { saveRecord } from './saves.js'
import type { SpaceNumbers } from './spaces.js'

/** A space in MariaDB. The files of `queries` describe the statements. */
export class MariadbSpace implements Space {
  readonly #database: Database
  readonly #numbers: SpaceNumbers
  readonly #name: string

  constructor(database: Database, numbers: SpaceNumbers, name: string) {
    this.#database = database
    this.#numbers = numbers
    this.#name = name
  }

  async load(id: string, options: LoadOptions): Promise<LoadResult> {
    return loadRecord(this.#database, await this.#number, id, options)
  }

  async save(change: RecordChange, options: CallOptions): Promise<SaveResult> {
    return saveRecord(this.#database, await this.#number, change, options)
  }

  async list({ now, limit, cursor = '', principal, ...options }: ListQuery): Promise<ListPage> {
    const space = await this.#number
    const page = [bytes(cursor), now, limit]
    const rows = await this.#database.transaction(callOf('list', options), (line) =>
      principal === undefined
        ? line.rows('list', space, ...page)
        : line.rows('list-of-principal', space, bytes(principal), ...page),
    )
    const items = rows.map((columns) => foundIn(columns).row.head)
    const last = items.at(-1)
    // The first text behind an id is the id with a NUL.
    return last && items.length === limit ? { items, cursor: `${last.id}\0` } : { items }
  }

  async count(options: CallOptions): Promise<number> {
    const space = await this.#number
    const [row] = await this.#database.transaction(callOf('count', options), (line) =>
      line.rows('count', space, options.now),
    )
    return Number(row?.live)
  }

  async claimExpired(options: ClaimOptions): Promise<readonly Claim[]> {
    return claimDue(this.#database, await this.#number, options)
  }

  async renew(
    claims: readonly Claim[],
    options: CallOptions & { readonly leaseMs: number },
  ): Promise<readonly string[]> {
    return renewClaims(this.#database, await this.#number, claims, options)
  }

  async settle(claims: readonly Claim[], options: CallOptions): Promise<readonly string[]> {
    return settleClaims(this.#database, await this.#number, claims, options)
  }

  async lock(id: string, options: LeaseOptions): Promise<LockResult> {
    return lockRecord(this.#database, await this.#number, id, options)
  }

  async unlock(id: string, options: CallOptions & { readonly token: string }): Promise<boolean> {
    return unlockRecord(this.#database, await this.#number, id, options)
  }

  get #number(): Promise<number> {
    return this.#numbers.of(this.#name)
  }
}
