import { ScopesError } from '../../errors/scopes-error.js'
import type { EpochMs, Life, RecordHead } from '../../storage/contract.js'
import { Attributes } from '../attributes/attributes.js'
import { type Delta, isEmpty } from '../attributes/delta.js'
import { incremented } from '../attributes/incremented.js'
import { checkSize } from '../attributes/size-limit.js'
import type { Values } from '../attributes/values.js'
import type { ScopeEnvironment } from '../environment.js'
import { FirstTimeout } from '../record/first-timeout.js'
import type { CommitOutcome, HeadChange, OpenRecord } from '../record/open-record.js'
import { hasChange, isVoid } from '../record/record-change.js'
import type { StoredIdle } from '../record/stored-idle.js'
import type { Backups } from './backups.js'
import type { Exchanges } from './exchanges.js'
import type { LiveRecord } from './live-record.js'
import type { LiveRecords } from './live-records.js'

/** What the views of one memory-first scope work on together. */
export interface LiveMemory {
  readonly environment: ScopeEnvironment
  readonly records: LiveRecords
  readonly backups: Backups
  readonly exchanges: Exchanges
  readonly idle: StoredIdle
}

/** One request's use of a live record. */
export class LiveView implements OpenRecord {
  readonly lastVisit: EpochMs
  readonly confirmedSince?: EpochMs
  readonly #memory: LiveMemory
  readonly #live: LiveRecord
  #values: Values
  #attributes: Attributes
  #hasLeft = false
  #isKept: boolean
  readonly #first: FirstTimeout

  constructor(memory: LiveMemory, live: LiveRecord, lastVisit: EpochMs, confirmedSince?: EpochMs) {
    this.#memory = memory
    this.#live = live
    this.#isKept = memory.environment.keepsEmpty
    this.#first = new FirstTimeout(memory.idle)
    this.lastVisit = lastVisit
    if (confirmedSince !== undefined) this.confirmedSince = confirmedSince
    this.#values = live.values
    this.#attributes = new Attributes(this.#values)
    live.enter()
  }

  get id(): string {
    return this.#live.id
  }

  get seal(): string {
    return this.#live.head.seal
  }

  get head(): RecordHead {
    const { head, hits, touchedAt } = this.#live
    return { ...head, hits, touchedAt }
  }

  get life(): Life {
    return this.#live.head
  }

  get attributes(): Attributes {
    return this.#attributes
  }

  get stored(): boolean {
    return this.#live.isCommitted
  }

  async commit(delta: Delta, change: HeadChange = {}): Promise<CommitOutcome> {
    const live = this.#live
    const { backups } = this.#memory
    if (isEmpty(delta) && !hasChange(change) && live.isCommitted) return 'unchanged'
    if (!live.isCommitted && isVoid(this.#isKept, delta, change)) return 'unchanged'
    if (live.is('gone')) return 'missing'
    this.#checkSize(delta)
    const complete = this.#withLife(delta, change)
    if (hasChange(complete)) return backups.propose(live, { change: complete, delta, values: this.#values })
    await this.#afterProposals(() => this.#owe(delta))
    return live.is('gone') ? 'missing' : backups.backUp(live)
  }

  /** Among the requests of this node, which share the value. */
  async increment(name: string, by: number): Promise<number | undefined> {
    const live = this.#live
    const { backups, environment } = this.#memory
    const sum = await this.#afterProposals(() => {
      this.#values = live.values
      this.#attributes = new Attributes(this.#values)
      const added = incremented(`${environment.kind}.${name}`, this.#values.read(name), by)
      try {
        this.#attributes.set(name, added)
        this.#owe(this.#attributes.delta())
      } catch (error) {
        this.discard()
        throw error
      }
      return added
    })
    return live.is('gone') || (await backups.backUp(live)) === 'missing' ? undefined : sum
  }

  keep(): void {
    this.#isKept = true
  }

  async reload(): Promise<boolean> {
    if (this.#live.isCommitted && !(await this.#memory.exchanges.refresh(this.#live))) return false
    this.discard()
    return true
  }

  discard(): void {
    this.#values = this.#live.renewValues()
    this.#attributes = new Attributes(this.#values)
  }

  greeted(): void {
    if (!this.#live.isCommitted) this.#first.greeted(() => this.#attributes.delta())
  }

  /** From now on a long response, such as a stream of events, keeps nothing in memory but what it reads from. */
  release(): void {
    if (this.#hasLeft) return
    this.#hasLeft = true
    this.#live.leave()
  }

  /** A commit made while conditional saves are in flight is ordered after them. */
  #afterProposals<T>(run: () => T): T | Promise<T> {
    const { conversations } = this.#live
    return conversations.hasProposals ? conversations.run(async () => run()) : run()
  }

  /** The change with the idle time that comes of it. A record that the store does not have gets it here, so that it needs no store. */
  #withLife(delta: Delta, change: HeadChange): HeadChange {
    const live = this.#live
    const idleMs = this.#first.idleFor({ stored: live.isCommitted, idleMs: live.head.idleMs }, delta, change)
    if (idleMs === undefined) return change
    if (!live.is('new')) return { ...change, life: { ...change.life, idleMs } }
    live.lives(idleMs)
    return change
  }

  #owe(delta: Delta): void {
    const { backups, environment, records } = this.#memory
    backups.assertOpen()
    const { settings, kind: scope } = environment
    if (records.isFullFor(this.#live.head.principal))
      throw new ScopesError('SCOPE_MEMORY_FULL', { scope, limit: `${settings.memoryBytes} bytes` })
    this.#checkSize(delta)
    this.#live.owe(delta, this.#values)
  }

  /** Again, because parallel requests may have added to the record since this one encoded its changes. */
  #checkSize(delta: Delta): void {
    checkSize(this.#memory.environment, this.id, this.#live.values.encoded, delta)
  }
}
