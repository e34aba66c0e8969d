import type { ScopeBasics } from '../environment.js'
import { type Delta, emptyDelta, type MutableDelta, nothing } from './delta.js'
import { EncodedAttributes } from './encoded-attributes.js'
import { contentOf, leadOf, placeAfter, placeOf } from './place.js'
import { checkSize } from './size-limit.js'
import { logUndecodable } from './undecodable-log.js'

/** Marks in place of a value. */
const removed = Symbol('removed')
const undecodable = Symbol('undecodable')

/** Shared by all records of which nothing was used yet, and never changed. */
const noneKnown = new Map<string, unknown>()

const isValue = (known: unknown): boolean => known !== removed && known !== undecodable

/**
 * The attributes of one record: their encoded form, and the values decoded or assigned so far. With `cluster: true` each
 * request has its own; in memory-first mode the parallel requests of a node share one.
 */
export class Values {
  readonly #environment: ScopeBasics
  readonly #id: string
  #encoded: EncodedAttributes
  /** The value of each attribute used so far, or the mark that it has none. New attributes are in the order of their assignment. */
  #known: Map<string, unknown> = noneKnown

  constructor(environment: ScopeBasics, id: string, encoded: ReadonlyMap<string, Uint8Array>) {
    this.#environment = environment
    this.#id = id
    this.#encoded = EncodedAttributes.of(encoded)
  }

  /** The attributes as the store holds them, or will hold them after the saves under way. */
  get encoded(): EncodedAttributes {
    return this.#encoded
  }

  has(name: string): boolean {
    if (!this.#lists(name)) return false
    this.read(name)
    return isValue(this.#known.get(name))
  }

  /**
   * Returns a value; decodes it at the first read. An undecodable attribute reads as absent, and its bytes stay in the store.
   * Throws VALUE_UNDECODABLE under `onUndecodable: fail`.
   */
  read(name: string): unknown {
    const known = this.#known.get(name)
    if (known !== undefined) return isValue(known) ? known : undefined
    const bytes = this.#known.has(name) ? undefined : this.#encoded.get(name)
    return bytes && this.#decode(name, bytes)
  }

  write(name: string, value: unknown): void {
    if (this.#known.get(name) === removed) this.#known.delete(name)
    this.#know(name, value)
  }

  remove(name: string): void {
    this.#know(name, removed)
  }

  /**
   * The names of all attributes, in the order in which they were first stored, then in that of their assignment. One that is
   * removed and assigned again before a commit has never left the store, and keeps its place.
   */
  names(): string[] {
    const stored = this.#encoded.ordered.filter((name) => this.#lists(name))
    const assigned = [...this.#known.keys()].filter((name) => !this.#encoded.has(name) && this.#lists(name))
    return [...stored, ...assigned]
  }

  /**
   * The changes of these attributes against their encoded form. Throws VALUE_NOT_STORABLE for the first value that cannot be
   * encoded, SCOPE_TOO_LARGE.
   */
  changes(names: Iterable<string>): Delta {
    const { codec } = this.#environment
    let delta: MutableDelta | undefined
    let added: Set<string> | undefined
    for (const name of names) {
      const before = this.#encoded.get(name)
      if (!this.#holds(name)) {
        if (!before || this.#known.get(name) !== removed) continue
        delta ??= emptyDelta()
        delta.unset.add(name)
        continue
      }
      if (before) {
        const after = codec.change(contentOf(before), this.#known.get(name), this.#path(name), leadOf(placeOf(before)))
        if (!after) continue
        delta ??= emptyDelta()
        delta.set.set(name, after)
      } else {
        added ??= new Set()
        added.add(name)
      }
    }
    if (added) delta = this.#withAdded(delta ?? emptyDelta(), added)
    if (!delta) return nothing
    checkSize(this.#environment, this.#id, this.#encoded, delta)
    return delta
  }

  /**
   * Those of these names whose values were changed in place. A quick comparison, which may miss changes. Throws for
   * some values that cannot be encoded.
   */
  changedInPlace(names: Iterable<string>): string[] {
    const changed: string[] = []
    for (const name of names) if (this.#holds(name) && this.#looksChanged(name)) changed.push(name)
    return changed
  }

  /** Takes changes that are on their way to the store into the encoded form: later changes are compared with them. */
  accept(delta: Delta): void {
    this.#encoded = this.#encoded.with(delta)
    for (const name of delta.unset) if (this.#known.get(name) === removed) this.#known.delete(name)
  }

  /** Adds these new attributes to the delta, with places in the order of their assignment. */
  #withAdded(delta: MutableDelta, added: ReadonlySet<string>): MutableDelta {
    let place = this.#encoded.nextPlace
    for (const name of added.size === 1 ? added : this.#known.keys()) {
      if (!added.has(name)) continue
      const value = this.#environment.codec.encode(this.#known.get(name), this.#path(name), leadOf(place))
      delta.set.set(name, value)
      place = placeAfter(place)
    }
    return delta
  }

  /** Whether the attribute exists. It does not decode: an undecodable attribute exists until it is first read. */
  #lists(name: string): boolean {
    return this.#known.has(name) ? isValue(this.#known.get(name)) : this.#encoded.has(name)
  }

  /** Whether the attribute has a value that was decoded or assigned. */
  #holds(name: string): boolean {
    return this.#known.has(name) && isValue(this.#known.get(name))
  }

  #looksChanged(name: string): boolean {
    const before = this.#encoded.get(name)
    return !before || this.#environment.codec.looksChanged(contentOf(before), this.#known.get(name), this.#path(name))
  }

  #decode(name: string, bytes: Uint8Array): unknown {
    const { codec, settings, emit, kind: scope } = this.#environment
    try {
      const value = codec.decode(contentOf(bytes), this.#path(name))
      this.#know(name, value)
      return value
    } catch (error) {
      logUndecodable(this.#environment, this.#id, name, error)
      emit('scope:undecodable', { scope, id: this.#id, name, error })
      if (settings.onUndecodable === 'fail') throw error
      this.#know(name, undecodable)
      return undefined
    }
  }

  #know(name: string, value: unknown): void {
    if (this.#known === noneKnown) this.#known = new Map()
    this.#known.set(name, value)
  }

  #path(name: string): string {
    return `${this.#environment.kind}.${name}`
  }
}
