import { LRUCache } from 'lru-cache'
import type { Clock } from '../../support/clock.js'
import type { ScopeSettings } from '../settings.js'

/** So that visitors who never come back do not fill the memory. The values of those unseen for longest go first. */
const mostRecords = 100_000

/** Looking for values to release costs a pass over all records. */
const purgeMs = 60_000

/**
 * The transient attributes of one scope's records: any values, such as open sockets, kept on this node only and never stored.
 * They go with the end of their record as far as this node hears of it, else within a minute after its timeout without a request
 * here, and with the process.
 */
export class Transients {
  readonly #names: ReadonlySet<string>
  readonly #clock: Clock
  /** Made when it is needed: it takes its whole memory at once. */
  #records: LRUCache<string, Map<string, unknown>> | undefined
  #purgedAt = Number.NEGATIVE_INFINITY

  constructor({ transient }: Pick<ScopeSettings, 'transient'>, clock: Clock) {
    this.#names = new Set(transient)
    this.#clock = clock
  }

  /** Whether the attribute of this name is a transient one. */
  has(name: string): boolean {
    return this.#names.has(name)
  }

  /** The value; undefined if this node has none. */
  get(id: string, name: string): unknown {
    return this.#records?.get(id)?.get(name)
  }

  /** A request uses the record, whose idle timeout is this now; null: never. */
  used(id: string, timeoutMs: () => number | null): void {
    const values = this.#records?.get(id)
    if (values) this.#records?.set(id, values, { ttl: timeoutMs() ?? 0 })
  }

  /** Called once a second: releases the values of records that had no request here for their timeout, such as those that ended unheard. */
  purge(): void {
    const now = this.#clock.now()
    if (now - this.#purgedAt < purgeMs) return
    this.#purgedAt = now
    this.#records?.purgeStale()
  }

  /** `timeoutMs`: the idle timeout of the record; null: never. */
  set(id: string, name: string, value: unknown, timeoutMs: number | null): void {
    this.#records ??= new LRUCache({
      max: mostRecords,
      ttlResolution: 0,
      updateAgeOnGet: true,
      perf: this.#clock,
    })
    const values = this.#records.get(id) ?? new Map<string, unknown>()
    values.set(name, value)
    this.#records.set(id, values, { ttl: timeoutMs ?? 0 })
  }

  delete(id: string, name: string): void {
    this.#records?.get(id)?.delete(name)
  }

  /** The record has ended. */
  forget(id: string): void {
    this.#records?.delete(id)
  }
}
