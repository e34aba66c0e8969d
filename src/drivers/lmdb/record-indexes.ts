import type { EpochMs } from '../../storage/contract.js'
import type { Keyspace } from './keys.js'
import { keysIn, type RecordEntry, type Tables } from './tables.js'

const open = Uint8Array.of(1)
const closed = Uint8Array.of(0)
const nothing = new Uint8Array()

/** Nobody has ended or claimed it: it is live until it falls due. */
const isOpen = (entry: RecordEntry | undefined): boolean => entry?.head.ending === null && !entry.claim

/** What is derived from the entries of one space, kept in step within the same transactions. */
export class RecordIndexes {
  readonly #tables: Tables
  readonly #keys: Keyspace

  constructor(tables: Tables, keys: Keyspace) {
    this.#tables = tables
    this.#keys = keys
  }

  move(key: Buffer, before: RecordEntry | undefined, after: RecordEntry | undefined): void {
    this.#moveDue(key, before, after)
    this.#movePrincipal(key, before?.head.principal ?? null, after?.head.principal ?? null)
    this.#moveCount(Number(isOpen(after)) - Number(isOpen(before)))
  }

  /** The entries that have fallen due, longest due first. */
  due(now: EpochMs, limit: number): readonly Buffer[] {
    const keys = keysIn(this.#tables.due, { ...this.#keys.timedUntil(now), limit })
    return keys.map((key) => this.#keys.entryOf(key))
  }

  countLive(now: EpochMs): number {
    const expired = this.#tables.due.getRange(this.#keys.timedUntil(now)).filter(({ value }) => value[0] === 1)
    return this.#count() - [...expired].length
  }

  #moveDue(key: Buffer, before: RecordEntry | undefined, after: RecordEntry | undefined): void {
    if (before?.due === after?.due && isOpen(before) === isOpen(after)) return
    if (typeof before?.due === 'number') this.#tables.due.removeSync(this.#keys.timed(before.due, key))
    if (typeof after?.due === 'number')
      this.#tables.due.putSync(this.#keys.timed(after.due, key), isOpen(after) ? open : closed)
  }

  #movePrincipal(key: Buffer, before: string | null, after: string | null): void {
    if (before === after) return
    if (before !== null) this.#tables.principals.removeSync(this.#keys.owned(before, key))
    if (after !== null) this.#tables.principals.putSync(this.#keys.owned(after, key), nothing)
  }

  #moveCount(by: number): void {
    if (by !== 0) this.#tables.counts.putSync(this.#keys.prefix, this.#count() + by)
  }

  #count(): number {
    return this.#tables.counts.get(this.#keys.prefix) ?? 0
  }
}
