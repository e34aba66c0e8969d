import { ScopesError } from '../../errors/scopes-error.js'
import type { Life } from '../../storage/contract.js'
import { checkAttributeName } from '../attributes/attribute-name.js'
import { type Delta, isEmpty } from '../attributes/delta.js'
import { newCredential } from '../record/credential.js'
import { reportLost } from '../record/lost.js'
import type { CommitOutcome, HeadChange, OpenRecord } from '../record/open-record.js'
import type { Scope } from '../scope.js'
import { reportLateChanges } from './late-changes.js'
import { Operations } from './operations.js'
import { commitRecord, openRecord } from './published.js'
import { RequestLife } from './request-life.js'
import { RequestState } from './request-state.js'
import { type Issued, VisitorCredential } from './visitor-credential.js'

/** What a scope knows of its request. Outside of requests: nothing. */
export interface Surroundings {
  /** Whether the final commit has begun or the headers have left. Default: no. */
  readonly isTooLate?: () => boolean
  /** What the application says of a login. */
  readonly describe?: () => unknown
  /** Default: one who gets the response. */
  readonly visitor?: VisitorCredential
}

/** One scope in one request: the record it works on, the changes it may still make, and the credential for its visitor. */
export class RequestScope {
  readonly scope: Scope
  readonly operations = new Operations()
  readonly visitor: VisitorCredential
  readonly state: RequestState
  readonly describe?: () => unknown
  #record: OpenRecord | undefined
  #isNew = false
  /** A new record is stored even without attributes. */
  #isKept = false
  readonly #life: RequestLife
  #prepared: Delta | undefined

  constructor(scope: Scope, { isTooLate = () => false, describe, visitor }: Surroundings = {}) {
    this.scope = scope
    if (describe) this.describe = describe
    this.visitor = visitor ?? new VisitorCredential(scope.strategy.sealed)
    this.state = new RequestState(scope.kind, isTooLate)
    this.#life = new RequestLife(scope)
  }

  /** undefined while there is none. Throws the error of a load that failed, LOCK_LOST. */
  get record(): OpenRecord | undefined {
    this.state.assertReadable()
    return this.#record
  }

  /** Whether the visitor has no record and may get one. */
  get isVacant(): boolean {
    return this.state.is('open') && !this.#record && !this.state.hasFailed
  }

  get isNew(): boolean {
    return this.#isNew
  }

  get issued(): Issued {
    return this.visitor.outcome(() => this.#life.timeoutOf(this.#record), this.#record?.confirmedSince)
  }

  /** Opens a record without a visitor's credential; false if there is none. `isAccess`: it counts as one, and extends the life. */
  async openById(id: string, { isAccess = false } = {}): Promise<boolean> {
    const result = await openRecord(this.scope, id, isAccess)
    if (result.status === 'opened') this.begin(result.record)
    return result.status === 'opened'
  }

  /** The record to change, created now if there is none. Throws if this request must not change the scope. */
  writable(name: string): OpenRecord {
    this.state.assertOpen(name)
    return this.#record ?? this.#create()
  }

  /** The record, which is created now if there is none, and stored even without attributes. `name`: why, for messages. */
  keep(name: string): OpenRecord {
    const record = this.writable(name)
    record.keep()
    this.#isKept = true
    return record
  }

  set(name: string, value: unknown): void {
    checkAttributeName(this.scope.kind, name)
    this.writable(name).attributes.set(name, value)
  }

  delete(name: string): void {
    this.state.assertOpen(name)
    this.#record?.attributes.delete(name)
  }

  /** The life as it will be stored; undefined while there is no record. */
  get life(): Life | undefined {
    return this.record && this.#life.of(this.record)
  }

  /** The idle timeout of the record, or that of a new one; null: never. */
  get timeoutMs(): number | null {
    return this.#life.timeoutOf(this.record)
  }

  /** Returns a function that takes the change back. Throws SEALED_LIFE_TOO_LONG. */
  changeLife(life: Partial<Life>): () => void {
    this.writable('timeout').checkLife?.(life)
    return this.#life.change(life)
  }

  /** Encodes the changes, and throws before anything is saved if that fails. True if there is something to save. */
  prepare(): boolean {
    if (!this.state.is('open') || !this.#record) return false
    this.#prepared = this.#encode(this.#record)
    const { isRenewalDue = false, stored } = this.#record
    return !isEmpty(this.#prepared) || !stored || this.#life.changes !== undefined || isRenewalDue
  }

  /** Whether a commit would have something to save. */
  get hasChanges(): boolean {
    if (!this.state.is('open') || !this.#record) return false
    const { set, unset } = this.#record.attributes.delta()
    if (!this.#record.stored && this.#isKept) return true
    return set.size > 0 || (this.#record.stored && (unset.size > 0 || this.#life.changes !== undefined))
  }

  /**
   * Saves the changes. If the record has ended meanwhile, they are lost, and `scope:lost` is emitted. `ifUnchanged`: saves
   * only if no other request has changed the record since this one loaded or saved it; otherwise throws SCOPE_CHANGED.
   * Throws SCOPE_CONFLICT if a sealed record was rotated meanwhile.
   */
  async commit(options: { readonly ifUnchanged?: boolean } = {}): Promise<CommitOutcome> {
    const { ifUnchanged = this.scope.environment.settings.concurrency === 'optimistic' } = options
    if (!this.state.is('open') || !this.#record) return 'unchanged'
    const record = this.#record
    const outcome = await this.#commit(record, ifUnchanged ? { ifVersion: record.head.version } : {})
    if (outcome === 'missing') this.lose()
    else this.#throwIfRefused(record, outcome)
    return outcome
  }

  /** Saves a change of the record itself with the changes of this request, or only with `delta`. Throws SCOPE_LOST, SCOPE_CONFLICT, LOCK_LOST. */
  async commitWith(change: HeadChange, delta?: Delta): Promise<void> {
    const record = this.writable('commit()')
    const outcome = await this.#commit(record, change, delta)
    if (outcome !== 'missing') return this.#throwIfRefused(record, outcome)
    this.lose()
    throw new ScopesError('SCOPE_LOST', { scope: this.scope.kind, id: record.id })
  }

  /** Ends the record on every node. A write after the call, also one that does not wait for it, begins a new record. */
  async invalidate(): Promise<void> {
    this.state.assertOpen('invalidate()')
    const record = this.#record
    if (!record) return
    const { hasChanges } = this
    this.#record = undefined
    try {
      const outcome = record.stored && (await this.#commit(record, { ending: 'invalidated' }))
      if (outcome === 'missing' && hasChanges) reportLost(this.scope.environment, record.id)
    } catch (error) {
      if (this.#record) record.release()
      else this.#record = record
      throw error
    }
    record.release()
    if (!record.stored) this.scope.transients.forget(record.id)
    if (record.stored) {
      this.visitor.revoke()
      this.scope.upkeep?.ended(record.id) // the end handler of a sealed record has run already
    }
    if (!this.#record) this.forsake()
  }

  /** Discards uncommitted changes. */
  discard(): void {
    this.#record?.discard()
    this.#life.clear()
    this.#prepared = undefined
  }

  async reload(): Promise<void> {
    this.state.assertOpen('reload()')
    if (this.#record && !(await this.#record.reload())) {
      const { id } = this.#record
      this.lose()
      throw new ScopesError('SCOPE_LOST', { scope: this.scope.kind, id })
    }
  }

  /** Drops a record that this request began and that is not stored. */
  abandon(): void {
    if (this.#record && !this.#record.stored) this.forsake()
  }

  /** Lets go of the record that this request began: nothing in the store or in the response is to speak of it. */
  forsake(): void {
    this.#leave('open')
    this.visitor.withdraw()
  }

  /** Called after the final commit, successful or not. A record that was not stored gets no cookie. */
  close(): void {
    this.abandon()
    this.#record?.release()
    if (this.state.is('open')) this.state.become('closed')
  }

  /** Whether anything is left for `release` to do. */
  get awaitsRelease(): boolean {
    return this.#record !== undefined && (!this.state.is('closed') || this.scope.environment.settings.reportLateChanges)
  }

  /** Reports changes made after the final commit, if it is to look for them, and releases the record. */
  release(): void {
    if (this.#record && this.state.is('closed')) reportLateChanges(this.scope.environment, this.#record)
    this.#record?.release()
  }

  /** From now on the request works on this record. */
  begin(record: OpenRecord): void {
    this.#record = record
    this.scope.transients.used(record.id, () => this.#life.timeoutOf(record))
    this.visitor.seal = record.seal
  }

  #create(): OpenRecord {
    this.visitor.assertCanBegin()
    const credential = newCredential()
    const record = this.scope.strategy.create(credential)
    this.#isNew = true
    this.begin(record)
    this.visitor.issue(credential)
    return record
  }

  async #commit(record: OpenRecord, change: HeadChange, given?: Delta): Promise<CommitOutcome> {
    const delta = given ?? this.#prepared ?? this.#encode(record)
    this.#prepared = undefined
    const wasStored = record.stored
    const life = given ? undefined : this.#life.changes
    const outcome = await commitRecord(this.scope, record, delta, life ? { life, ...change } : change)
    if (outcome === 'saved' && life) {
      this.#life.clear()
      this.scope.transients.used(record.id, () => this.#life.timeoutOf(record))
      if (life.idleMs !== undefined) this.visitor.renew()
    }
    if (outcome === 'saved' && !wasStored) this.scope.started(record.id)
    this.visitor.hold(record, outcome)
    if (outcome === 'dropped') this.scope.upkeep?.ends.ended(record.id) // to its listeners nothing left is an end
    return outcome
  }

  #encode(record: OpenRecord): Delta {
    try {
      return record.attributes.delta()
    } catch (error) {
      record.discard()
      this.abandon()
      throw error
    }
  }

  #throwIfRefused(record: OpenRecord, outcome: CommitOutcome): void {
    if (outcome !== 'resealed' && outcome !== 'conflict' && outcome !== 'unlocked') return
    const { kind: scope } = this.scope
    record.discard()
    if (outcome === 'conflict') throw new ScopesError('SCOPE_CHANGED', { scope })
    if (outcome === 'unlocked') throw new ScopesError('LOCK_LOST', { scope, id: record.id })
    this.#leave('superseded')
    this.visitor.withdraw()
    throw new ScopesError('SCOPE_CONFLICT', { scope })
  }

  /** Called when the record has ended. An issued cookie is kept: a request under way may fill the record again. */
  lose(): void {
    if (this.#record) reportLost(this.scope.environment, this.#record.id)
    this.#leave('lost')
  }

  #leave(state: 'open' | 'superseded' | 'lost'): void {
    if (this.#record && !this.#record.stored) this.scope.transients.forget(this.#record.id)
    this.#record?.release()
    this.#record = undefined
    this.#isNew = false
    this.#isKept = false
    this.#life.clear()
    this.state.become(state)
  }
}
