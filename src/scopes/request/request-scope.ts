import { ScopesError } from '../../errors/scopes-error.js'
import type { Life } from '../../storage/contract.js'
import { isOutage } from '../../storage/guard/availability.js'
import { checkAttributeName } from '../attributes/attribute-name.js'
import type { Attributes } from '../attributes/attributes.js'
import { type Delta, isEmpty } from '../attributes/delta.js'
import { type Credential, newCredential, sealOf } from '../record/credential.js'
import { reportLost } from '../record/lost.js'
import type { CommitOutcome, HeadChange, OpenRecord } from '../record/open-record.js'
import type { OpenResult } from '../record/strategy.js'
import type { Scope } from '../scope.js'
import { reportLateChanges } from './late-changes.js'
import { Operations } from './operations.js'
import { RequestLife } from './request-life.js'
import { RequestState } from './request-state.js'
import { type Issued, VisitorCredential } from './visitor-credential.js'

/** One scope in one request: the record it works on, the changes it may still make, and the credential for its visitor. */
export class RequestScope {
  readonly scope: Scope
  readonly operations = new Operations()
  readonly visitor = new VisitorCredential()
  readonly state: RequestState
  #record: OpenRecord | undefined
  #isNew = false
  readonly #life: RequestLife
  #prepared: Delta | undefined

  /** `isTooLate`: whether the final commit has begun or the headers have left. Default, outside of requests: no. */
  constructor(scope: Scope, isTooLate: () => boolean = () => false) {
    this.scope = scope
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

  /** The attributes to read; undefined while there is no record. */
  get attributes(): Attributes | undefined {
    return this.record?.attributes
  }

  /**
   * Takes the first of the presented credentials that the store confirms; undefined if nothing has to be waited for. If the
   * store is unavailable, the first use of the scope throws that, and a page that needs no scope is served. Rejects with every
   * other error.
   */
  identify(credentials: readonly Credential[]): Promise<void> | undefined {
    const [first] = credentials
    return first && this.#takeHeld(first) ? undefined : this.#ask(credentials)
  }

  async #ask(credentials: readonly Credential[]): Promise<void> {
    try {
      for (const credential of credentials) {
        const seal = sealOf(credential.secret)
        const result = await this.scope.strategy.open(credential.id, seal)
        if (this.#take(credential, seal, result)) return
      }
    } catch (error) {
      this.state.failed(error)
      if (!isOutage(error)) throw error
    }
  }

  /** Opens a record without a visitor's credential; false if there is none. */
  async openById(id: string): Promise<boolean> {
    const result = await this.scope.strategy.open(id)
    if (result.status === 'opened') this.#begin(result.record)
    return result.status === 'opened'
  }

  /** The record to change, created now if there is none. Throws if this request must not change the scope. */
  writable(name: string): OpenRecord {
    this.state.assertOpen(name)
    return this.#record ?? this.#create()
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

  changeLife(life: Partial<Life>): void {
    this.writable('timeout')
    this.#life.change(life)
  }

  /** Encodes the changes, and throws before anything is saved if that fails. True if there is something to save. */
  prepare(): boolean {
    if (!this.state.is('open') || !this.#record) return false
    this.#prepared = this.#encode(this.#record)
    return !isEmpty(this.#prepared) || !this.#record.stored || this.#life.changes !== undefined
  }

  /** Whether a commit would have something to save. */
  get hasChanges(): boolean {
    if (!this.state.is('open') || !this.#record) return false
    const { set, unset } = this.#record.attributes.delta()
    return set.size > 0 || (this.#record.stored && (unset.size > 0 || this.#life.changes !== undefined))
  }

  /**
   * Saves the changes. If the record has ended meanwhile, they are lost, and `scope:lost` is emitted. `ifUnchanged`: saves
   * only if no other request has changed the record since this one loaded or saved it; otherwise throws SCOPE_CHANGED.
   */
  async commit(options: { readonly ifUnchanged?: boolean } = {}): Promise<CommitOutcome> {
    const { ifUnchanged = this.scope.environment.settings.concurrency === 'optimistic' } = options
    if (!this.state.is('open') || !this.#record) return 'unchanged'
    const record = this.#record
    const outcome = await this.#commit(record, ifUnchanged ? { ifVersion: record.head.version } : {})
    if (outcome === 'missing') this.lose()
    if (outcome === 'conflict') {
      record.discard()
      throw new ScopesError('SCOPE_CHANGED', { scope: this.scope.kind })
    }
    return outcome
  }

  /**
   * Saves a change of the record itself together with the changes of this request, or only with `delta`. Throws SCOPE_LOST,
   * SCOPE_CONFLICT, LOCK_LOST.
   */
  async commitWith(change: HeadChange, delta?: Delta): Promise<void> {
    const { kind: scope } = this.scope
    const record = this.writable('commit()')
    const { id } = record
    switch (await this.#commit(record, change, delta)) {
      case 'missing':
        this.lose()
        throw new ScopesError('SCOPE_LOST', { scope, id })
      case 'resealed':
        record.discard()
        this.#leave('superseded')
        this.visitor.withdraw()
        throw new ScopesError('SCOPE_CONFLICT', { scope })
      case 'unlocked':
        record.discard()
        throw new ScopesError('LOCK_LOST', { scope, id })
    }
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
    if (record.stored) {
      this.visitor.revoke()
      this.scope.ended(record.id)
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
    this.#record?.finish()
    if (this.state.is('open')) this.state.become('closed')
  }

  /** Reports changes made after the final commit, and releases the record. */
  release(): void {
    if (this.#record && this.state.is('closed')) reportLateChanges(this.scope.environment, this.#record)
    this.#record?.release()
  }

  /** Takes the record if it is held in this node's memory, and nothing has to be asked about it. */
  #takeHeld(credential: Credential): boolean {
    const { strategy } = this.scope
    const seal = strategy.openHeld && sealOf(credential.secret)
    const record = seal && strategy.openHeld?.(credential.id, seal)
    return record ? this.#take(credential, seal, { status: 'opened', record }) : false
  }

  /** Takes the result of a load. False if the credential opens no record. */
  #take(credential: Credential, seal: string, result: OpenResult): boolean {
    if (this.scope.presented(credential.id, seal, result) === 'superseded') this.state.become('superseded')
    if (result.status !== 'opened') return false
    this.state.become('open')
    this.visitor.present(credential)
    if (result.credential) this.visitor.issue(result.credential)
    this.#begin(result.record)
    if (result.credential) this.scope.started(result.credential.id)
    // Not the record's, which another request of this node may have replaced since the store confirmed this one.
    else this.visitor.seal = seal
    return true
  }

  #begin(record: OpenRecord): void {
    this.#record = record
    this.visitor.seal = record.seal
  }

  #create(): OpenRecord {
    const credential = newCredential()
    const record = this.scope.strategy.create(credential)
    this.#isNew = true
    this.#begin(record)
    this.visitor.issue(credential)
    return record
  }

  async #commit(record: OpenRecord, change: HeadChange, given?: Delta): Promise<CommitOutcome> {
    const delta = given ?? this.#prepared ?? this.#encode(record)
    this.#prepared = undefined
    const wasStored = record.stored
    const life = given ? undefined : this.#life.changes
    const outcome = await record.commit(delta, life ? { life, ...change } : change)
    if (outcome === 'saved' && life) {
      this.#life.clear()
      if (life.idleMs !== undefined) this.visitor.renew()
    }
    if (outcome === 'saved' && !wasStored) this.scope.started(record.id)
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

  /** Called when the record has ended. An issued cookie is kept: a request under way may fill the record again. */
  lose(): void {
    if (this.#record) reportLost(this.scope.environment, this.#record.id)
    this.#leave('lost')
  }

  #leave(state: 'open' | 'superseded' | 'lost'): void {
    this.#record?.release()
    this.#record = undefined
    this.#isNew = false
    this.#life.clear()
    this.state.become(state)
  }
}
