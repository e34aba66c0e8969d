import type { EpochMs, Life, RecordHead, RecordUpdate } from '../../storage/contract.js'
import { copyOfHead, newHead, updatedHead } from '../../storage/record.js'
import { Attributes } from '../attributes/attributes.js'
import { type Delta, isEmpty } from '../attributes/delta.js'
import { Values } from '../attributes/values.js'
import type { ScopeEnvironment } from '../environment.js'
import { FirstTimeout } from '../record/first-timeout.js'
import type { CommitOutcome, HeadChange, OpenRecord } from '../record/open-record.js'
import { cleared, creation, hasChange, isVoid, refusal, update } from '../record/record-change.js'
import type { StoredIdle } from '../record/stored-idle.js'
import type { Increments } from './increments.js'
import type { Access, LocalCopies } from './local-copies.js'

/** What the records of one scope share on this node. */
export interface ClusterNode {
  readonly environment: ScopeEnvironment
  readonly copies: LocalCopies
  readonly increments: Increments
  readonly idle: StoredIdle
}

/** How a request has opened a record. `isAccess`: it extends the life, though the store may not know of it yet. */
interface Opening {
  readonly access: Access
  readonly isAccess: boolean
  readonly isConfirmed: boolean
}

/** A request's own copy of a record. Other requests see its commits; it sees the commits of others before its load only. */
export class ClusterRecord implements OpenRecord {
  readonly #node: ClusterNode
  readonly lastVisit: EpochMs
  readonly confirmedSince?: EpochMs
  /** As of the load or save that brought it to this node; with `#access` it is the head that this request sees. */
  #head: RecordHead
  /** Until the head is first asked for: most requests never do. */
  #access: Access | undefined
  #values: Values
  #attributes: Attributes
  #stored: boolean
  #isKept: boolean
  readonly #first: FirstTimeout
  readonly #isAccess: boolean

  /** Without an opening the request begins the record. */
  constructor(node: ClusterNode, head: RecordHead, encoded: ReadonlyMap<string, Uint8Array>, opening?: Opening) {
    this.#node = node
    this.#isKept = node.environment.keepsEmpty
    this.#first = new FirstTimeout(node.idle)
    this.#head = head
    this.#access = opening?.access
    this.#values = new Values(node.environment, head.id, encoded)
    this.#attributes = new Attributes(this.#values)
    this.#stored = opening !== undefined
    this.lastVisit = opening?.access.previouslyTouchedAt ?? head.touchedAt
    this.#isAccess = opening?.isAccess ?? true
    if (opening?.isConfirmed) this.confirmedSince = this.lastVisit
  }

  get id(): string {
    return this.#head.id
  }

  get seal(): string {
    return this.#head.seal
  }

  get head(): RecordHead {
    if (this.#access) {
      const { touchedAt, expiresAt, hits } = this.#access
      this.#head = Object.assign(copyOfHead(this.#head), { touchedAt, expiresAt, hits })
      this.#access = undefined
    }
    return this.#head
  }

  get life(): Life {
    return this.#head
  }

  get attributes(): Attributes {
    return this.#attributes
  }

  get stored(): boolean {
    return this.#stored
  }

  commit(delta: Delta, change: HeadChange = {}): Promise<CommitOutcome> {
    const isNothing = this.#stored ? isEmpty(delta) && !hasChange(change) : isVoid(this.#isKept, delta, change)
    if (isNothing) return Promise.resolve('unchanged')
    const idleMs = this.#first.idleFor({ stored: this.#stored, idleMs: this.#head.idleMs }, delta, change)
    const complete = idleMs === undefined ? change : { ...change, life: { ...change.life, idleMs } }
    return this.#stored ? this.#update(delta, complete) : this.#create(delta, complete)
  }

  async increment(name: string, by: number): Promise<number | undefined> {
    const sum = await this.#node.increments.add(this.id, name, by)
    if (!sum) return undefined
    this.#values.write(name, sum.value)
    this.#values.accept({ set: new Map([[name, sum.bytes]]), unset: new Set() })
    const { versions } = sum
    if (versions?.from === this.#head.version) this.#head = { ...this.head, version: versions.to }
    return sum.value
  }

  keep(): void {
    this.#isKept = true
  }

  async reload(): Promise<boolean> {
    if (!this.#stored) {
      this.discard()
      return true
    }
    const result = await this.#node.copies.load(this.id)
    if (result.status !== 'loaded') return false
    this.#head = result.copy.head
    this.#access = result.access
    this.#begin(result.copy.attributes)
    return true
  }

  discard(): void {
    this.#begin(this.#values.encoded)
  }

  greeted(): void {
    if (!this.#stored) this.#first.greeted(() => this.#attributes.delta())
  }

  release(): void {}

  /**
   * As of the time at which the request began the record, so that `timeCreated` and `lifetime` stay what it saw. No copy is kept:
   * most visitors who begin a record never come back, and their copies would take the place of those that are used.
   */
  async #create(delta: Delta, change: HeadChange): Promise<CommitOutcome> {
    const { clock, space } = this.#node.environment
    const { createdAt: now } = this.#head
    const create = creation(this.head, delta, change, { touchedAt: clock.now(), hits: 1 })
    const result = await space.save(create, { now })
    if (result.status !== 'saved') return refusal(result)
    this.#stored = true
    this.#head = newHead(create, now)
    this.#values.accept(delta)
    return 'saved'
  }

  async #update(delta: Delta, change: HeadChange): Promise<CommitOutcome> {
    const { clock, keepsEmpty, newVersion, space } = this.#node.environment
    const now = clock.now()
    const complete = cleared(delta, change, this.#values.encoded.keys())
    const changes = this.#timed(update(this.id, newVersion(), complete, change, !keepsEmpty), now)
    const result = await space.save(changes, { now, held: changes.ifVersion ?? this.#head.version })
    if (result.status !== 'saved') {
      if (result.status === 'missing') this.#node.copies.delete(this.id)
      return refusal(result)
    }
    const isOwn = result.previous === this.#head.version
    const head = updatedHead(this.head, changes, now)
    // If others wrote in between, this request still holds the record as it was before their changes.
    this.#head = isOwn ? head : { ...head, version: this.#head.version }
    this.#values.accept(complete)
    if (result.dropped || change.ending) this.#node.copies.delete(this.id)
    else if (isOwn) this.#node.copies.keep(head, this.#values.encoded)
    else this.#node.copies.update(changes, result.previous)
    return result.dropped ? 'dropped' : 'saved'
  }

  /** A new timeout counts from now: the access that the store knows may be a tenth of the old timeout older, which may be more than the new one. */
  #timed(changes: RecordUpdate, now: EpochMs): RecordUpdate {
    return changes.life?.idleMs !== undefined && this.#isAccess ? { ...changes, touch: { touchedAt: now } } : changes
  }

  #begin(encoded: ReadonlyMap<string, Uint8Array>): void {
    this.#values = new Values(this.#node.environment, this.id, encoded)
    this.#attributes = new Attributes(this.#values)
  }
}
