import { sameBytes } from '../../codec/bytes.js'
import { type Delta, emptyDelta, isEmpty, merged, namesIn, nothing } from '../attributes/delta.js'
import { EncodedAttributes } from '../attributes/encoded-attributes.js'

/** What one save carries of what a live record owes the store. */
export interface Debt {
  readonly delta: Delta
  /** What the store held, as far as this node knew, under the names that the delta changes. */
  readonly before: ReadonlyMap<string, Uint8Array | undefined>
  readonly hits: number
}

/**
 * The last save. `sending`: its debt is on its way, and not safe before the answer. `in doubt`: the answer was lost, so the
 * debt may have arrived.
 */
type Save = { readonly state: 'idle' } | { readonly state: 'sending' | 'in doubt'; readonly debt: Debt }

const idle: Save = { state: 'idle' }

type Before = Debt['before']

const nothingBefore: Before = new Map()

/** What a live record owes the store, and how its last save stands. Most records in memory owe nothing, and then keep nothing here. */
export class Debts {
  #save = idle
  #unsaved = nothing
  /** What the store holds under the names of `#unsaved`, as far as this node knows. */
  #before = nothingBefore
  #hits = 0
  #hasFailed = false

  /** Everything that was committed is in the store. */
  get arePaid(): boolean {
    return this.#save.state === 'idle' && isEmpty(this.#unsaved)
  }

  get isSending(): boolean {
    return this.#save.state === 'sending'
  }

  get isInDoubt(): boolean {
    return this.#save.state === 'in doubt'
  }

  /** The last save was not applied, or had no answer, and what it carried is still owed. */
  get haveFailed(): boolean {
    return this.#hasFailed
  }

  /** Accesses that the store has not counted. */
  get hits(): number {
    return this.#hits
  }

  /** `present` is the record without the delta. */
  add(delta: Delta, present: ReadonlyMap<string, Uint8Array>): void {
    this.#before = new Map([...valuesIn(present, delta), ...this.#before])
    this.#unsaved = isEmpty(this.#unsaved) ? delta : merged(this.#unsaved, delta)
  }

  addHits(hits: number): void {
    this.#hits += hits
  }

  takeHits(): number {
    const hits = this.#hits
    this.#hits = 0
    return hits
  }

  /** A save carries all that is owed. `saved`, `refused` or `unanswered` follows. */
  sent(): Debt {
    const debt = { delta: this.#unsaved, before: this.#before, hits: this.takeHits() }
    this.#unsaved = nothing
    this.#before = nothingBefore
    this.#save = { state: 'sending', debt }
    return debt
  }

  saved(): void {
    this.#save = idle
    this.#hasFailed = false
  }

  /** The save did not arrive or was not applied: what it carried is owed again, beneath what was owed since. */
  refused(): void {
    if (this.#save.state === 'idle') return
    this.#hasFailed = true
    this.#owesAgain(this.#save.debt)
  }

  /** `resolved` or, if the store has no such record, `refused` follows. */
  unanswered(): void {
    this.#hasFailed = true
    if (this.#save.state === 'sending') this.#save = { ...this.#save, state: 'in doubt' }
  }

  /** The store was asked after a save without an answer. It holds these attributes, and has counted the hits or not. */
  resolved(attributes: ReadonlyMap<string, Uint8Array>, areHitsCounted: boolean): void {
    if (this.#save.state === 'idle') return
    const { debt } = this.#save
    this.#owesAgain({ ...debt, delta: stillOwed(debt, attributes), hits: areHitsCounted ? 0 : debt.hits })
  }

  /** What is owed, on top of these attributes, which the store holds now. */
  on(attributes: ReadonlyMap<string, Uint8Array>): EncodedAttributes {
    this.#before = new Map(valuesIn(attributes, this.#unsaved))
    return EncodedAttributes.of(attributes).with(this.#unsaved)
  }

  #owesAgain({ delta, before, hits }: Debt): void {
    this.#unsaved = merged(delta, this.#unsaved)
    this.#before = new Map([...this.#before, ...before])
    this.#hits += hits
    this.#save = idle
  }
}

/** The values of these attributes under the names that the delta changes. */
const valuesIn = (attributes: ReadonlyMap<string, Uint8Array>, delta: Delta) =>
  namesIn(delta).map((name) => [name, attributes.get(name)] as const)

/**
 * What is still owed of a debt that the store may have received, given the attributes it holds now: the changes of names
 * that are as they were before. A name that differs has our change already, or a later one of another node.
 */
function stillOwed({ delta, before }: Debt, attributes: ReadonlyMap<string, Uint8Array>): Delta {
  const owed = emptyDelta()
  const isAsBefore = (name: string) => isSame(attributes.get(name), before.get(name))
  for (const [name, bytes] of delta.set) if (isAsBefore(name)) owed.set.set(name, bytes)
  for (const name of delta.unset) if (isAsBefore(name)) owed.unset.add(name)
  return owed
}

const isSame = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean => (a && b ? sameBytes(a, b) : a === b)
