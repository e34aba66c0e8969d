import { isScopesError, ScopesError } from '../../errors/scopes-error.js'
import type { EpochMs, Life, RecordHead, StoredRecord } from '../../storage/contract.js'
import { expiryOf, isVacated, newHead, updatedHead, vacant } from '../../storage/record.js'
import type { Attributes } from '../attributes/attributes.js'
import { type Delta, isEmpty } from '../attributes/delta.js'
import type { EncodedAttributes } from '../attributes/encoded-attributes.js'
import { incremented } from '../attributes/incremented.js'
import { Values } from '../attributes/values.js'
import type { SealedEnvironment } from '../environment.js'
import type { Credential } from '../record/credential.js'
import type { CommitOutcome, HeadChange, OpenRecord } from '../record/open-record.js'
import { randomText } from '../record/random.js'
import { cleared, creation, hasChange, isVoid, update } from '../record/record-change.js'
import { packedContent } from './content.js'
import { checkFit } from './fit.js'
import { checkLongest, longerLife } from './longest-life.js'
import type { Revocations } from './revocations.js'
import { SealedAttributes } from './sealed-attributes.js'
import type { Sealer } from './sealer.js'

/** What the sealed records of one scope share on this node. */
export interface SealedNode {
  readonly environment: SealedEnvironment
  readonly sealer: Sealer
  readonly revocations: Revocations | undefined
  /** Called when a request has ended its record. */
  readonly end: (record: StoredRecord) => Promise<void>
  /** Called when a visit cannot be noted, because the record no longer fits. */
  readonly cannotRenew: (error: ScopesError<'COOKIE_TOO_LARGE'>) => void
}

/** How a record was opened. */
export interface Opening {
  readonly lastVisit: EpochMs
  readonly isRenewalDue: boolean
  /** The longest life that a text of this record has ever had. */
  readonly longest: Life
}

const serialBytes = 16

export const newSerial = (): string => randomText(serialBytes)

/** The record that one request opened or began. Each save seals it anew; the response carries it to the visitor. */
export class SealedRecord implements OpenRecord {
  readonly lastVisit: EpochMs
  readonly confirmedSince?: EpochMs
  readonly #node: SealedNode
  #head: RecordHead
  #values: Values
  #attributes: Attributes
  #stored: boolean
  #isRenewalDue: boolean
  #isKept: boolean
  #text: string | undefined
  /** No text of this record lives longer, whichever copy a request presents. */
  #longest: Life

  /** Without an opening the request begins the record. */
  constructor(node: SealedNode, head: RecordHead, attributes: ReadonlyMap<string, Uint8Array>, opening?: Opening) {
    this.#node = node
    this.#isKept = node.environment.keepsEmpty
    this.#head = head
    this.#values = new Values(node.environment, head.id, attributes)
    this.#attributes = this.#newAttributes()
    this.#stored = opening !== undefined
    this.#isRenewalDue = opening?.isRenewalDue ?? false
    this.#longest = opening?.longest ?? head
    this.lastVisit = opening?.lastVisit ?? head.touchedAt
    if (opening) this.confirmedSince = opening.lastVisit
  }

  get id(): string {
    return this.#head.id
  }

  /** The serial of the record, which each rotation replaces. */
  get seal(): string {
    return this.#head.seal
  }

  get head(): RecordHead {
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

  get isRenewalDue(): boolean {
    return this.#isRenewalDue
  }

  get sealedAs(): Credential | undefined {
    return this.#text === undefined ? undefined : { id: this.id, secret: this.#text }
  }

  /** Throws SCOPE_SEALED under `ifVersion`, COOKIE_TOO_LARGE. */
  async commit(delta: Delta, change: HeadChange = {}): Promise<CommitOutcome> {
    const { environment, revocations } = this.#node
    if (change.ifVersion !== undefined)
      throw new ScopesError('SCOPE_SEALED', {
        scope: environment.kind,
        application: environment.application,
        operation: 'commit({ ifUnchanged: true })',
      })
    if (!this.#stored) return isVoid(this.#isKept, delta, change) ? 'unchanged' : this.#create(delta, change)
    const isUnchanged = isEmpty(delta) && !hasChange(change)
    if (isUnchanged && !this.#isRenewalDue) return 'unchanged'
    const refusal = revocations && (await this.#refusal(revocations))
    // As in a store, a request may end a record that another one has rotated meanwhile.
    if (!isUnchanged)
      return refusal && !(refusal === 'resealed' && change.ending) ? refusal : this.#update(delta, change)
    if (!refusal) this.#text = this.#renewed()
    this.#isRenewalDue = false
    return 'unchanged'
  }

  async increment(name: string, by: number): Promise<number | undefined> {
    const sum = incremented(`${this.#node.environment.kind}.${name}`, this.#attributes.get(name), by)
    this.#attributes.set(name, sum)
    try {
      return (await this.commit(this.#attributes.delta())) === 'saved' ? sum : undefined
    } catch (error) {
      this.discard()
      throw error
    }
  }

  keep(): void {
    this.#isKept = true
  }

  discard(): void {
    this.#values = new Values(this.#node.environment, this.id, this.#values.encoded)
    this.#attributes = this.#newAttributes()
  }

  /** As it was opened or last saved by this request: there is nothing else to read. */
  async reload(): Promise<boolean> {
    const { revocations } = this.#node
    if (this.#stored && revocations && (await this.#refusal(revocations))) return false
    this.discard()
    return true
  }

  /** Throws SEALED_LIFE_TOO_LONG: a revocation by a request with an older text would end before the text that gets this life. */
  checkLife(life: Partial<Life>): void {
    const { environment, revocations } = this.#node
    if (this.#stored && revocations) checkLongest(environment.kind, this.#head.createdAt, life, this.#longest)
  }

  release(): void {}

  #newAttributes(): Attributes {
    const values = this.#values
    return new SealedAttributes(values, (delta) => {
      const attributes = values.encoded.with(delta)
      checkFit(this.#node.environment, this.#head, attributes, packedContent(this.#head, this.#longest, attributes))
    })
  }

  async #refusal(revocations: Revocations): Promise<'missing' | 'resealed' | undefined> {
    const found = await revocations.find(this.id, this.seal)
    if (found === undefined) return undefined
    return found === 'ended' ? 'missing' : 'resealed'
  }

  #create(delta: Delta, change: HeadChange): CommitOutcome {
    const { createdAt, seal, touchedAt } = this.#head
    const create = creation(this.#head, delta, change, { touchedAt, hits: 1 })
    const head = { ...newHead(create, createdAt), seal }
    this.#longest = head
    this.#text = this.#sealed(head, this.#values.encoded.with(delta))
    this.#stored = true
    this.#take(head, delta)
    return 'saved'
  }

  async #update(delta: Delta, change: HeadChange): Promise<CommitOutcome> {
    const { clock, keepsEmpty, newVersion } = this.#node.environment
    if (change.life) this.checkLife(change.life)
    const complete = cleared(delta, change, this.#values.encoded.keys())
    const changes = update(this.id, newVersion(), complete, change, !keepsEmpty)
    const updated = updatedHead(this.#head, changes, clock.now())
    const seal = change.reseal ? newSerial() : this.seal
    const after: RecordHead = { ...updated, seal, replaced: null }
    const attributes = this.#values.encoded.with(complete)
    const isDropped = isVacated(this.#head, changes, after, () => attributes.size)
    const text = isDropped || change.ending ? undefined : this.#sealed(after, attributes)
    await this.#revoke(change)
    this.#text = text
    this.#isRenewalDue = false
    this.#take(isDropped ? { ...after, ending: vacant } : after, complete)
    if (change.ending) await this.#node.end({ ...after, attributes })
    return isDropped ? 'dropped' : 'saved'
  }

  /** Revokes what the visitor may have copied: the whole record at its end, and the serial that a rotation replaces. */
  async #revoke({ ending, reseal }: HeadChange): Promise<void> {
    const { environment, revocations } = this.#node
    // A parallel request may have sealed it just now, with the longest life that it can have.
    const until = expiryOf(this.#longest, environment.clock.now())
    if (ending) await revocations?.end(this.id, until)
    else if (reseal) await revocations?.rotate(this.seal, until)
  }

  /**
   * A text with this visit in it. undefined if it does not fit, because less fits than when the record was sealed: the visitor
   * keeps the text that he has, and a request that changed nothing does not fail.
   */
  #renewed(): string | undefined {
    try {
      return this.#sealed(this.#head, this.#values.encoded)
    } catch (error) {
      if (!isScopesError(error, 'COOKIE_TOO_LARGE')) throw error
      this.#node.cannotRenew(error)
      return undefined
    }
  }

  #take(head: RecordHead, delta: Delta): void {
    this.#head = head
    this.#values.accept(delta)
  }

  #sealed(head: RecordHead, attributes: EncodedAttributes): string {
    const longest = longerLife(this.#longest, head)
    const content = packedContent(head, longest, attributes)
    checkFit(this.#node.environment, head, attributes, content)
    this.#longest = longest
    return this.#node.sealer.seal(head.id, content)
  }
}
