import { sameBytes } from '../codec/bytes.js'
import type { Codec } from '../codec/codec.js'
import { applied, type Delta, emptyDelta } from './delta.js'

export interface ValueEnvironment {
  readonly codec: Codec
  /** Names the scope in messages. */
  readonly scope: string
  /** Called once per attribute that cannot be decoded; throws when the configuration says `onUndecodable: fail`. */
  readonly onUndecodable: (name: string, error: unknown) => void
}

/**
 * The attributes of one record: their encoded form, and the values decoded or assigned so far. With `cluster: true`
 * every request has its own; memory-first, the parallel requests of a node share one.
 */
export class Values {
  readonly #environment: ValueEnvironment
  #encoded: ReadonlyMap<string, Uint8Array>
  readonly #live = new Map<string, unknown>()
  readonly #removed = new Set<string>()
  readonly #undecodable = new Set<string>()

  constructor(encoded: ReadonlyMap<string, Uint8Array>, environment: ValueEnvironment) {
    this.#encoded = encoded
    this.#environment = environment
  }

  /** As the store holds them, or will when the saves under way have arrived. */
  get encoded(): ReadonlyMap<string, Uint8Array> {
    return this.#encoded
  }

  has(name: string): boolean {
    if (this.lists(name)) this.read(name)
    return this.#live.has(name)
  }

  /** Whether there is such an attribute, decodable or not yet known to be undecodable. */
  lists(name: string): boolean {
    return this.#live.has(name) || (this.#encoded.has(name) && !this.#removed.has(name) && !this.#undecodable.has(name))
  }

  /** Decodes on the first read; what cannot be decoded reads as absent and keeps its bytes. */
  read(name: string): unknown {
    if (this.#live.has(name)) return this.#live.get(name)
    const bytes = this.lists(name) ? this.#encoded.get(name) : undefined
    if (!bytes) return undefined
    try {
      const value = this.#environment.codec.decode(bytes, this.#path(name))
      this.#live.set(name, value)
      return value
    } catch (error) {
      this.#environment.onUndecodable(name, error)
      this.#undecodable.add(name)
      return undefined
    }
  }

  write(name: string, value: unknown): void {
    this.#removed.delete(name)
    this.#undecodable.delete(name)
    this.#live.set(name, value)
  }

  remove(name: string): void {
    this.#live.delete(name)
    this.#removed.add(name)
  }

  /** In the order of the store, new ones last. */
  names(): string[] {
    const stored = [...this.#encoded.keys()].filter((name) => this.lists(name))
    const assigned = [...this.#live.keys()].filter((name) => !this.#encoded.has(name))
    return [...stored, ...assigned]
  }

  /** What differs from the encoded form among these names. Throws VALUE_NOT_STORABLE for the first that cannot be encoded. */
  changes(names: Iterable<string>): Delta {
    const delta = emptyDelta()
    for (const name of names) {
      const before = this.#encoded.get(name)
      if (this.#live.has(name)) {
        const after = this.#environment.codec.encode(this.#live.get(name), this.#path(name))
        if (!before || this.#differs(name, before, after)) delta.set.set(name, after)
      } else if (before && this.#removed.has(name)) delta.unset.add(name)
    }
    return delta
  }

  /** These changes are on their way to the store: from now on they are what others are compared with. */
  accept(delta: Delta): void {
    this.#encoded = applied(this.#encoded, delta)
    for (const name of delta.unset) this.#removed.delete(name)
  }

  /**
   * Bytes may differ without a change: a new library or class version encodes the same value in another way. So a value
   * counts as changed only if it also differs from what its stored bytes decode to and encode to today.
   */
  #differs(name: string, before: Uint8Array, after: Uint8Array): boolean {
    if (sameBytes(before, after)) return false
    const { codec } = this.#environment
    const path = this.#path(name)
    try {
      return !sameBytes(codec.encode(codec.decode(before, path), path), after)
    } catch {
      return true // undecodable bytes are replaced by what was assigned
    }
  }

  #path(name: string): string {
    return `${this.#environment.scope}.${name}`
  }
}
