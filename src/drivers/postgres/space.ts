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
import { StorageError } from '../../storage/storage-error.js'
import { callOf } from '../network/call.js'
import { Claims } from './claims.js'
import { count, list } from './listing.js'
import { Loads } from './loads.js'
import type { Notices } from './notices.js'
import { bytesOf } from './record-row.js'
import { Saves } from './saves.js'
import type { SpaceTables } from './space-tables.js'

/** How often a record may change between the two looks of one statement before its lock is given up. */
const mostTries = 20

/** A space in PostgreSQL. Each call is one statement, which applies entirely or not at all; its file describes it. */
export class PostgresSpace implements Space {
  readonly #tables: SpaceTables
  readonly #notices: Notices
  readonly #loads: Loads
  readonly #saves: Saves
  readonly #claims: Claims

  /** `reportsSaves`: other nodes are notified of saves too. */
  constructor(tables: SpaceTables, notices: Notices, reportsSaves: boolean) {
    this.#tables = tables
    this.#notices = notices
    this.#loads = new Loads(tables)
    this.#saves = new Saves(tables, notices, reportsSaves)
    this.#claims = new Claims(tables, notices)
  }

  load(id: string, options: LoadOptions): Promise<LoadResult> {
    return this.#loads.load(id, options)
  }

  save(change: RecordChange, options: CallOptions): Promise<SaveResult> {
    return this.#saves.save(change, options)
  }

  list(query: ListQuery): Promise<ListPage> {
    return list(this.#tables, query)
  }

  count(options: CallOptions): Promise<number> {
    return count(this.#tables, options)
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
    const values = [bytesOf(id), now, token, now + leaseMs, this.#tables.deadlineOf(call)]
    for (let tries = 0; tries < mostTries; tries += 1) {
      const [row] = await this.#tables.run<LockRow>('lock', values, call)
      if (row?.answer === 'taken') return row.answer
      if (row?.is_late) await this.#tables.checkDeadline(call)
      if (row && row.answer !== 'changed') return row.answer
    }
    throw new StorageError('STORAGE_UNAVAILABLE', {
      cache: this.#tables.cache,
      operation: 'lock',
      reason: `the record ${id} changed ${mostTries} times while its lock was asked for`,
    })
  }

  async unlock(id: string, options: CallOptions & { readonly token: string }): Promise<boolean> {
    const call = callOf('unlock', options)
    const values = [bytesOf(id), options.token, this.#tables.deadlineOf(call)]
    const [row] = await this.#tables.run<{ readonly version: string }>('unlock', values, call)
    if (row) this.#notices.send(this.#notices.text(await this.#tables.number(call), 'unlocked', id, row.version))
    else await this.#tables.checkDeadline(call)
    return row !== undefined
  }
}

interface LockRow {
  readonly answer: LockResult | 'changed'
  readonly is_late: boolean
}
