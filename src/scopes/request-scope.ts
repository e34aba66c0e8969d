import type { Life } from '../storage/contract.js'
import { ScopesError } from '../support/errors.js'
import { checkAttributeName } from './attribute-name.js'
import type { Attributes } from './attributes.js'
import { type Credential, formatCredential, newCredential, newSecret, sealOf } from './credential.js'
import type { Delta } from './delta.js'
import type { CommitOutcome, HeadChange, OpenRecord } from './open-record.js'
import type { Scope } from './scope.js'

/** What the visitor's cookie has to become at the end of this request. */
export type CookieChange =
  | { readonly kind: 'none' }
  | { readonly kind: 'set'; readonly value: string }
  | { readonly kind: 'clear' }

/** What a request's scope needs to know of the response. */
export interface ResponseLink {
  /** The headers have left, so that no cookie can follow. */
  hasBegun(): boolean
  cookieChanged(): void
}

/** Outside of a request there is no cookie to send. */
const noResponse: ResponseLink = { hasBegun: () => false, cookieChanged() {} }

/** Only as long as it is `open` can a request change its scope. */
type State = 'open' | 'superseded' | 'lost' | 'closed'

/** How one request stands to one scope: which record it works on, what it may still do, what its cookie becomes. */
export class RequestScope {
  readonly scope: Scope
  readonly #response: ResponseLink
  #state: State = 'open'
  #record: OpenRecord | undefined
  #isNew = false
  /** The seal this request began with, so that of two that rotate at once one loses. */
  #seal = ''
  #presented: Credential | undefined
  #issued: Credential | undefined
  #cleared = false
  #life: Partial<Life> | undefined
  #prepared: Delta | undefined

  constructor(scope: Scope, response: ResponseLink = noResponse) {
    this.scope = scope
    this.#response = response
  }

  get record(): OpenRecord | undefined {
    return this.#record
  }

  /** A visitor without a record, who may get one. */
  get isVacant(): boolean {
    return this.#state === 'open' && !this.#record
  }

  get isNew(): boolean {
    return this.#isNew
  }

  get cookie(): CookieChange {
    if (this.#issued) return { kind: 'set', value: formatCredential(this.#issued) }
    if (this.#cleared) return { kind: 'clear' }
    const confirmedSince = this.#record?.confirmedSince
    if (!this.#presented || confirmedSince === undefined || !this.scope.isRenewalDue(confirmedSince))
      return { kind: 'none' }
    return { kind: 'set', value: formatCredential(this.#presented) }
  }

  /** Attributes to read; undefined while there is no record. */
  get attributes(): Attributes | undefined {
    return this.#record?.attributes
  }

  /** Takes the first of the presented credentials that the store confirms. */
  async identify(credentials: readonly Credential[]): Promise<void> {
    for (const credential of credentials) {
      const result = await this.scope.strategy.open(credential.id, sealOf(credential.secret))
      if (result.status === 'opened') {
        this.#state = 'open'
        this.#presented = credential
        return this.#begin(result.record)
      }
      if (result.status === 'refused' && this.scope.wasJustReplaced(result.sealedAt)) this.#state = 'superseded'
    }
  }

  /** Works on a record without a visitor's credential; false when there is none. */
  async openById(id: string): Promise<boolean> {
    const result = await this.scope.strategy.open(id)
    if (result.status === 'opened') this.#begin(result.record)
    return result.status === 'opened'
  }

  /** The record to change, created now if there is none. Throws when this request must not change the scope. */
  writable(name: string): OpenRecord {
    this.#assertOpen(name)
    return this.#record ?? this.#create()
  }

  set(name: string, value: unknown): void {
    checkAttributeName(this.scope.kind, name)
    this.writable(name).attributes.set(name, value)
  }

  delete(name: string): void {
    this.#assertOpen(name)
    this.#record?.attributes.delete(name)
  }

  /** The idle time as it will be stored; undefined while there is no record. */
  get idleMs(): number | null | undefined {
    const changed = this.#life?.idleMs
    return changed === undefined ? this.#record?.head.idleMs : changed
  }

  changeLife(life: Partial<Life>): void {
    this.writable('timeout')
    this.#life = { ...this.#life, ...life }
  }

  /** Encodes what changed, so that a value that cannot be encoded is found before anything is saved. */
  prepare(): void {
    if (this.#state === 'open' && this.#record) this.#prepared = this.#encode(this.#record)
  }

  /** True when a commit would have something to do. */
  get hasChanges(): boolean {
    if (this.#state !== 'open' || !this.#record) return false
    const { set, unset } = this.#record.attributes.delta()
    return set.size > 0 || (this.#record.stored && (unset.size > 0 || this.#life !== undefined))
  }

  /** Saves what changed. A record that has ended meanwhile stays ended: the changes are lost, and an event tells. */
  async commit(): Promise<CommitOutcome> {
    if (this.#state !== 'open' || !this.#record) return 'unchanged'
    const outcome = await this.#commit(this.#record, {})
    if (outcome === 'missing') this.#lose()
    return outcome
  }

  /** Saves what changed with a change of the record itself. Throws SCOPE_LOST, SCOPE_CONFLICT, LOCK_LOST. */
  async commitWith(change: HeadChange): Promise<void> {
    const { kind: scope } = this.scope
    const record = this.writable('commit()')
    const { id } = record
    switch (await this.#commit(record, change)) {
      case 'missing':
        this.#lose()
        throw new ScopesError('SCOPE_LOST', { scope, id })
      case 'resealed':
        this.#leave('superseded')
        throw new ScopesError('SCOPE_CONFLICT', { scope })
      case 'unlocked':
        record.discard()
        throw new ScopesError('LOCK_LOST', { scope, id })
    }
  }

  /** A new secret for the record, with `change` in the same step. */
  async rotate(change: HeadChange = {}): Promise<void> {
    this.#assertOpen('rotate()')
    if (!this.#record?.stored) {
      if (Object.keys(change).length > 0) await this.commitWith(change)
      return
    }
    const { id } = this.#record
    const secret = newSecret()
    const to = sealOf(secret)
    await this.commitWith({ ...change, reseal: { from: this.#seal, to } })
    this.#seal = to
    this.#issue({ id, secret })
    this.scope.environment.emit('scope:rotate', { scope: this.scope.kind, id })
  }

  /** Ends the record everywhere. A later write of this request begins another one. */
  async invalidate(): Promise<void> {
    this.#assertOpen('invalidate()')
    const record = this.#record
    if (!record) return
    if (record.stored) {
      await this.#commit(record, { ending: 'invalidated' })
      this.#cleared = true
      this.scope.ended(record.id)
    }
    this.#leave('open')
  }

  /** Forgets what has not been committed. */
  discard(): void {
    this.#record?.discard()
    this.#life = undefined
  }

  async reload(): Promise<void> {
    this.#assertOpen('reload()')
    if (this.#record && !(await this.#record.reload())) {
      const { id } = this.#record
      this.#lose()
      throw new ScopesError('SCOPE_LOST', { scope: this.scope.kind, id })
    }
  }

  /** Takes back a record that this request began. */
  abandon(): void {
    this.#dropUnstored()
  }

  /** The final commit is over, well or badly. What was not stored gets no cookie. */
  close(): void {
    this.#dropUnstored()
    if (this.#state === 'open') this.#state = 'closed'
  }

  /** Reports what was changed after the final commit, and lets the record go. */
  release(): void {
    const { environment, kind: scope } = this.scope
    const record = this.#record
    if (!record) return
    const { set, unset } = this.#state === 'closed' ? record.attributes.delta() : { set: new Map(), unset: new Set() }
    const names = [...set.keys(), ...unset]
    if (names.length > 0) {
      environment.log.warn({ scope, id: record.id, attributes: names }, 'values were changed after the final commit')
      environment.emit('scope:late-change', { scope, id: record.id, names })
    }
    record.release()
  }

  #begin(record: OpenRecord): void {
    this.#record = record
    this.#seal = record.head.seal
  }

  #create(): OpenRecord {
    const credential = newCredential()
    const record = this.scope.strategy.create(credential)
    this.#isNew = true
    this.#begin(record)
    this.#issue(credential)
    return record
  }

  #issue(credential: Credential | undefined): void {
    this.#issued = credential
    this.#response.cookieChanged()
  }

  async #commit(record: OpenRecord, change: HeadChange): Promise<CommitOutcome> {
    const delta = this.#prepared ?? this.#encode(record)
    this.#prepared = undefined
    const wasStored = record.stored
    const life = this.#life
    const outcome = await record.commit(delta, { ...(life && { life }), ...change })
    if (outcome === 'saved') this.#life = undefined
    if (outcome === 'saved' && !wasStored) this.scope.started(record.id)
    if (outcome === 'dropped') this.#leave('open')
    return outcome
  }

  #encode(record: OpenRecord): Delta {
    try {
      return record.attributes.delta()
    } catch (error) {
      record.discard()
      this.#dropUnstored()
      throw error
    }
  }

  #lose(): void {
    const { environment, kind: scope } = this.scope
    if (this.#record) environment.emit('scope:lost', { scope, id: this.#record.id })
    this.#leave('lost')
  }

  #dropUnstored(): void {
    if (this.#record && !this.#record.stored) this.#leave('open')
  }

  #leave(state: State): void {
    this.#record?.release()
    this.#record = undefined
    this.#isNew = false
    this.#life = undefined
    this.#state = state
    this.#issue(undefined)
  }

  #assertOpen(name: string): void {
    const scope = this.scope.kind
    if (this.#state === 'superseded') throw new ScopesError('SCOPE_SUPERSEDED', { scope })
    if (this.#state === 'lost') throw new ScopesError('SCOPE_LOST', { scope, id: '' })
    if (this.#state === 'closed' || this.#response.hasBegun()) throw new ScopesError('SCOPE_CLOSED', { scope, name })
  }
}
