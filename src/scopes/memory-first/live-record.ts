import type { EpochMs, Life, RecordHead, StoredRecord } from '../../storage/contract.js'
import { expiryOf } from '../../storage/record.js'
import { Turns } from '../../support/turns.js'
import { type Delta, emptyDelta, isEmpty, mergeInto, namesIn } from '../attributes/delta.js'
import { EncodedAttributes } from '../attributes/encoded-attributes.js'
import { Values } from '../attributes/values.js'
import type { ScopeEnvironment } from '../environment.js'
import { type Debt, stillOwed } from './debt.js'
import { slackOf, withoutSlack } from './idle-slack.js'

/** Its values are there twice, encoded and decoded. */
const sizeOf = ({ bytes }: EncodedAttributes): number => 2 * bytes

function isOver(life: Life, touchedAt: EpochMs, now: EpochMs): boolean {
  const expiresAt = expiryOf(life, touchedAt)
  return expiresAt !== null && expiresAt <= now
}

/**
 * A record in this node's memory, shared by its parallel requests. The encoded attributes are the truth; the values
 * decoded from them belong to a generation, which ends when something else than its own requests changes the truth.
 * Requests of an earlier generation finish on their own values and commit deltas like everybody else.
 */
export class LiveRecord {
  readonly id: string
  /** One conversation with the store at a time. */
  readonly turns = new Turns()
  /** As the store last acknowledged it. */
  head: RecordHead
  stored: boolean
  /** Requests that work on it. */
  users = 0
  /** Changes on their way that count only if the store accepts them. What is committed meanwhile counts after them. */
  proposals = 0
  /** What it owed is on its way to the store, and not safe before the answer. */
  saving = false
  /** What was sent to the store and not answered: it may have arrived. */
  doubt: Debt | undefined
  /** Nothing was left of it: missing to everyone, unless a request that is at work on it adds something. */
  vacant = false
  /** It ended: what requests still change goes nowhere. */
  gone = false
  /** Another node has written; the store must be asked before the next use. */
  stale = false
  /** Its life ran out in the store, which this node could not tell of its visits: it goes on under another id. */
  orphaned = false
  touchedAt: EpochMs
  /** The last visit known of another node, or of a process before this one, which may have had later ones within the slack. */
  visitedElsewhereAt = Number.NEGATIVE_INFINITY
  readonly #environment: ScopeEnvironment
  #encoded: EncodedAttributes
  #values: Values
  #size: number
  #isOwed = false
  #hits = 0
  #unsaved = emptyDelta()
  #before = new Map<string, Uint8Array | undefined>()

  constructor(environment: ScopeEnvironment, record: StoredRecord, stored: boolean) {
    const { attributes, ...head } = record
    this.id = head.id
    this.head = head
    this.stored = stored
    this.touchedAt = head.touchedAt
    this.#environment = environment
    this.#encoded = EncodedAttributes.of(attributes)
    this.#values = new Values(environment, head.id, this.#encoded)
    this.#size = sizeOf(this.#encoded)
  }

  /** As the values of the present generation are encoded. */
  get encoded(): EncodedAttributes {
    return this.#encoded
  }

  /** The present generation. */
  get values(): Values {
    return this.#values
  }

  get hits(): number {
    return this.head.hits + this.#hits
  }

  get size(): number {
    return this.#size
  }

  /** Somebody has committed it: if it is not stored, it is about to be. */
  get committed(): boolean {
    return this.stored || this.#isOwed
  }

  get isUnsaved(): boolean {
    if (this.gone || this.orphaned || !this.committed) return false
    return !this.stored || this.saving || this.doubt !== undefined || !isEmpty(this.#unsaved)
  }

  isExpired(now: EpochMs): boolean {
    const { idleMs, endsAt } = this.head
    const here = { idleMs: withoutSlack(idleMs), endsAt }
    return isOver(here, this.touchedAt, now) && isOver(this.head, this.visitedElsewhereAt, now)
  }

  /** The store takes it for expired, and this node, which knows of later visits, does not. */
  hasOutlivedStore(now: EpochMs): boolean {
    const { expiresAt } = this.head
    return this.stored && expiresAt !== null && expiresAt <= now && !this.isExpired(now)
  }

  /** The store has it no longer: it has ended, unless only its life there ran out, and it is nobody's. */
  part(now: EpochMs): void {
    this.orphaned = this.hasOutlivedStore(now) && this.head.principal === null
    this.gone = !this.orphaned
  }

  /** The store must be asked before this record is used again. */
  isTouchDue(now: EpochMs): boolean {
    if (this.stale || this.gone || this.orphaned) return true
    return this.stored && now - this.head.touchedAt >= slackOf(withoutSlack(this.head.idleMs))
  }

  /** Counts an access; returns when the one before was. */
  visit(now: EpochMs): EpochMs {
    const lastVisit = this.touchedAt
    this.touchedAt = Math.max(now, lastVisit)
    this.countHits(1)
    return lastVisit
  }

  /** These changes, made on `values`, are the truth from now on. */
  accept(delta: Delta, values: Values): void {
    values.accept(delta)
    if (values === this.#values) this.#become(values.encoded)
    else {
      this.#become(this.#encoded.with(delta))
      this.renew()
    }
  }

  /** As `accept`, and the store does not have them yet. */
  owe(delta: Delta, values: Values): void {
    for (const name of namesIn(delta)) if (!this.#before.has(name)) this.#before.set(name, this.#encoded.get(name))
    this.accept(delta, values)
    mergeInto(this.#unsaved, delta)
    this.#isOwed = true
  }

  /** Takes over what the store holds, with what it is owed on top. */
  replace(record: StoredRecord): void {
    const { attributes, ...head } = record
    this.head = head
    this.stale = false
    this.#before = new Map(namesIn(this.#unsaved).map((name) => [name, attributes.get(name)]))
    this.#become(EncodedAttributes.of(attributes).with(this.#unsaved))
    this.renew()
  }

  /** Begins a generation of values that nobody holds yet. */
  renew(): Values {
    this.#values = new Values(this.#environment, this.id, this.#encoded)
    return this.#values
  }

  /** The store has it as this node knows it, with these accesses. */
  confirm({ touchedAt, expiresAt, hits }: Pick<RecordHead, 'touchedAt' | 'expiresAt' | 'hits'>): void {
    this.head = { ...this.head, touchedAt, expiresAt, hits }
    this.stale = false
  }

  takeHits(): number {
    const hits = this.#hits
    this.#hits = 0
    return hits
  }

  countHits(hits: number): void {
    this.#hits += hits
  }

  /** What to tell the store; given back if it does not arrive. */
  take(): Debt {
    const debt = { delta: this.#unsaved, before: this.#before, hits: this.takeHits() }
    this.#unsaved = emptyDelta()
    this.#before = new Map()
    return debt
  }

  giveBack({ delta, before, hits }: Debt): void {
    const [since, beforeSince] = [this.#unsaved, this.#before]
    this.#unsaved = emptyDelta()
    mergeInto(this.#unsaved, delta)
    mergeInto(this.#unsaved, since)
    this.#before = new Map([...beforeSince, ...before])
    this.countHits(hits)
  }

  /** Takes over what the store holds after a save of this debt was not answered. */
  settle(debt: Debt, record: StoredRecord): void {
    const hits = record.version === this.head.version ? debt.hits : 0
    this.giveBack({ ...debt, delta: stillOwed(debt, record.attributes), hits })
    this.stored = true
    this.replace(record)
  }

  #become(encoded: EncodedAttributes): void {
    this.#encoded = encoded
    this.#size = sizeOf(encoded)
  }
}
