import type { EpochMs, RecordHead, StoredRecord } from '../storage/contract.js'
import { newHead, updatedHead } from '../storage/record.js'
import { Attributes } from './attributes.js'
import { type Delta, isEmpty } from './delta.js'
import type { ScopeEnvironment } from './environment.js'
import type { LocalCopies } from './local-copies.js'
import type { CommitOutcome, HeadChange, OpenRecord } from './open-record.js'
import { creation, hasChange, isVoid, refusal, update } from './record-change.js'
import { recordValues } from './record-values.js'
import type { Values } from './values.js'

/** A request's own copy of a record; others see what it commits, and it sees what others committed before it was loaded. */
export class ClusterRecord implements OpenRecord {
  readonly #environment: ScopeEnvironment
  readonly #copies: LocalCopies
  readonly lastVisit: EpochMs
  readonly confirmedSince?: EpochMs
  #head: RecordHead
  #values: Values
  #attributes: Attributes
  #stored = true

  constructor(
    environment: ScopeEnvironment,
    copies: LocalCopies,
    loaded: { readonly record: StoredRecord; readonly previouslyTouchedAt: EpochMs },
    confirmed: boolean,
  ) {
    this.#environment = environment
    this.#copies = copies
    this.#head = loaded.record
    this.#values = recordValues(environment, loaded.record.id, loaded.record.attributes)
    this.#attributes = new Attributes(this.#values)
    this.lastVisit = loaded.previouslyTouchedAt
    if (confirmed) this.confirmedSince = loaded.previouslyTouchedAt
  }

  static unstored(environment: ScopeEnvironment, copies: LocalCopies, head: RecordHead): ClusterRecord {
    const loaded = { record: { ...head, attributes: new Map() }, previouslyTouchedAt: head.touchedAt }
    const record = new ClusterRecord(environment, copies, loaded, false)
    record.#stored = false
    return record
  }

  get id(): string {
    return this.#head.id
  }

  get head(): RecordHead {
    return this.#head
  }

  get attributes(): Attributes {
    return this.#attributes
  }

  get stored(): boolean {
    return this.#stored
  }

  async commit(delta: Delta, change: HeadChange = {}): Promise<CommitOutcome> {
    if (!this.#stored) return isVoid(this.#environment, delta, change) ? 'unchanged' : this.#create(delta, change)
    return isEmpty(delta) && !hasChange(change) ? 'unchanged' : this.#update(delta, change)
  }

  async reload(): Promise<boolean> {
    if (!this.#stored) {
      this.discard()
      return true
    }
    const result = await this.#copies.load(this.id)
    if (result.status !== 'loaded') return false
    this.#head = result.record
    this.#begin(result.record.attributes)
    return true
  }

  discard(): void {
    this.#begin(this.#values.encoded)
  }

  release(): void {}

  async #create(delta: Delta, change: HeadChange): Promise<CommitOutcome> {
    const { clock, space } = this.#environment
    const now = clock.now()
    const create = creation(this.#head, delta, change, { touchedAt: now, hits: 1 })
    const result = await space.save(create, { now })
    if (result.status !== 'saved') return refusal(result)
    this.#stored = true
    this.#head = newHead(create, now)
    this.#values.accept(delta)
    this.#copies.created({ ...this.#head, attributes: new Map(delta.set) })
    return 'saved'
  }

  async #update(delta: Delta, change: HeadChange): Promise<CommitOutcome> {
    const { clock, keepsEmpty, newVersion, space } = this.#environment
    const now = clock.now()
    const changes = update(this.id, newVersion(), delta, change, !keepsEmpty)
    const result = await space.save(changes, { now, held: this.#head.version })
    if (result.status !== 'saved') {
      if (result.status === 'missing') this.#copies.delete(this.id)
      return refusal(result)
    }
    if (result.dropped || change.ending) this.#copies.delete(this.id)
    else this.#copies.updated(changes, delta, result.previous)
    this.#head = updatedHead(this.#head, changes, now)
    this.#values.accept(delta)
    return result.dropped ? 'dropped' : 'saved'
  }

  #begin(encoded: ReadonlyMap<string, Uint8Array>): void {
    this.#values = recordValues(this.#environment, this.id, encoded)
    this.#attributes = new Attributes(this.#values)
  }
}
