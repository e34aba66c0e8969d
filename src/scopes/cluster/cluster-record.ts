import { ScopesError } from '../../errors/scopes-error.js'
import type { EpochMs, RecordHead, StoredRecord } from '../../storage/contract.js'
import { newHead, updatedHead } from '../../storage/record.js'
import { Attributes } from '../attributes/attributes.js'
import { type Delta, isEmpty } from '../attributes/delta.js'
import { incremented } from '../attributes/incremented.js'
import { Values } from '../attributes/values.js'
import type { ScopeEnvironment } from '../environment.js'
import type { CommitOutcome, HeadChange, OpenRecord } from '../record/open-record.js'
import { cleared, creation, hasChange, isVoid, refusal, update } from '../record/record-change.js'
import type { LocalCopies } from './local-copies.js'

/** The most tries of an increment. Each one that fails means that another request succeeded. */
const mostTries = 100

/** A request's own copy of a record. Other requests see its commits; it sees the commits of others before its load only. */
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
    this.#values = new Values(environment, loaded.record.id, loaded.record.attributes)
    this.#attributes = new Attributes(this.#values)
    this.lastVisit = loaded.previouslyTouchedAt
    if (confirmed) this.confirmedSince = loaded.previouslyTouchedAt
  }

  static unstored(environment: ScopeEnvironment, copies: LocalCopies, head: RecordHead): ClusterRecord {
    const loaded = { record: { attributes: new Map(), ...head }, previouslyTouchedAt: head.touchedAt }
    const record = new ClusterRecord(environment, copies, loaded, false)
    record.#stored = false
    return record
  }

  get id(): string {
    return this.#head.id
  }

  get seal(): string {
    return this.#head.seal
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

  /** Saves the sum only if the record still has the version of the read; otherwise reads again and retries. */
  async increment(name: string, by: number): Promise<number | undefined> {
    const { codec, kind } = this.#environment
    const attribute = `${kind}.${name}`
    let { version } = this.#head
    let bytes = this.#values.encoded.get(name)
    for (let tries = 0; tries < mostTries; tries += 1) {
      const sum = incremented(attribute, bytes && codec.decode(bytes, attribute), by)
      const delta = { set: new Map([[name, codec.encode(sum, attribute)]]), unset: new Set<string>() }
      const outcome = await this.#update(delta, { ifVersion: version })
      if (outcome === 'missing') return undefined
      if (outcome !== 'conflict') {
        this.#values.write(name, sum)
        return sum
      }
      const present = await this.#copies.load(this.id)
      if (present.status !== 'loaded') return undefined
      version = present.record.version
      bytes = present.record.attributes.get(name)
    }
    throw new ScopesError('SCOPE_CHANGED', { scope: kind })
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
    this.#copies.keep({ attributes: this.#values.encoded, ...this.#head })
    return 'saved'
  }

  async #update(delta: Delta, change: HeadChange): Promise<CommitOutcome> {
    const { clock, keepsEmpty, newVersion, space } = this.#environment
    const now = clock.now()
    const complete = cleared(delta, change, this.#values.encoded.keys())
    const changes = update(this.id, newVersion(), complete, change, !keepsEmpty)
    const result = await space.save(changes, { now, held: changes.ifVersion ?? this.#head.version })
    if (result.status !== 'saved') {
      if (result.status === 'missing') this.#copies.delete(this.id)
      return refusal(result)
    }
    const isOwn = result.previous === this.#head.version
    const head = updatedHead(this.#head, changes, now)
    // If others wrote in between, this request still holds the record as it was before their changes.
    this.#head = isOwn ? head : { ...head, version: this.#head.version }
    this.#values.accept(complete)
    if (result.dropped || change.ending) this.#copies.delete(this.id)
    else if (isOwn) this.#copies.keep({ ...head, attributes: this.#values.encoded })
    else this.#copies.update(changes, result.previous)
    return result.dropped ? 'dropped' : 'saved'
  }

  #begin(encoded: ReadonlyMap<string, Uint8Array>): void {
    this.#values = new Values(this.#environment, this.id, encoded)
    this.#attributes = new Attributes(this.#values)
  }
}
