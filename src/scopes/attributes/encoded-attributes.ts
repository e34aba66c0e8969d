import { sizeOf, sizeOfAttribute } from '../../storage/record-size.js'
import type { Delta } from './delta.js'
import { placeAfter, placeOf } from './place.js'

type Bytes = Uint8Array<ArrayBufferLike>

const nothing: ReadonlyMap<string, undefined> = new Map()

/** Up to this many attributes are copied for each change. With more, this many changes are layered on top before a copy. */
const few = 32

/**
 * Immutable encoded attributes: a change returns new ones that share the unchanged part. So a change costs as much in a
 * session of a thousand attributes as in one of a hundred, and parallel requests keep the attributes they began with.
 */
export class EncodedAttributes implements ReadonlyMap<string, Bytes> {
  readonly size: number
  /** The bytes of memory that a record with these attributes takes, including replaced values that are still referenced. */
  readonly bytes: number
  readonly #base: ReadonlyMap<string, Bytes>
  readonly #baseBytes: number
  /** The changes on top of the base; undefined for a removed attribute. */
  readonly #changes: ReadonlyMap<string, Bytes | undefined>
  #ordered: readonly string[] | undefined
  #nextPlace: number | undefined

  private constructor(
    base: ReadonlyMap<string, Bytes>,
    baseBytes: number,
    changes: ReadonlyMap<string, Bytes | undefined>,
    size: number,
  ) {
    this.#base = base
    this.#baseBytes = baseBytes
    this.#changes = changes
    this.size = size
    let bytes = baseBytes
    for (const [name, value] of changes) if (value) bytes += sizeOfAttribute(name, value)
    this.bytes = bytes
  }

  /** Wraps a map, which must not be changed from now on. */
  static of(attributes: ReadonlyMap<string, Bytes>): EncodedAttributes {
    if (attributes instanceof EncodedAttributes) return attributes
    return new EncodedAttributes(attributes, sizeOf(attributes), nothing, attributes.size)
  }

  /** The attributes after a change. */
  with(delta: Delta): EncodedAttributes {
    return this.#base.size <= few || this.#changes.size >= few ? this.#copied(delta) : this.#layered(delta)
  }

  get(name: string): Bytes | undefined {
    return this.#changes.get(name) ?? (this.#changes.has(name) ? undefined : this.#base.get(name))
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  /** The names in the order in which their attributes were first stored. */
  get ordered(): readonly string[] {
    this.#ordered ??= orderedNames(this)
    return this.#ordered
  }

  /** A place behind those of all attributes. Looks at the maps as they are, because each new attribute asks for it. */
  get nextPlace(): number {
    this.#nextPlace ??= Math.max(placeBehind(this.#base.values()), placeBehind(this.#changes.values()))
    return this.#nextPlace
  }

  /** The attributes in no particular order. */
  *entries(): MapIterator<[string, Bytes]> {
    for (const [name, before] of this.#base) {
      const bytes = this.#changes.has(name) ? this.#changes.get(name) : before
      if (bytes) yield [name, bytes]
    }
    for (const [name, bytes] of this.#changes) if (bytes && !this.#base.has(name)) yield [name, bytes]
  }

  *keys(): MapIterator<string> {
    for (const [name] of this.entries()) yield name
  }

  *values(): MapIterator<Bytes> {
    for (const [, bytes] of this.entries()) yield bytes
  }

  forEach(callback: (bytes: Bytes, name: string, all: ReadonlyMap<string, Bytes>) => void): void {
    for (const [name, bytes] of this.entries()) callback(bytes, name, this)
  }

  [Symbol.iterator](): MapIterator<[string, Bytes]> {
    return this.entries()
  }

  #copied({ set, unset }: Delta): EncodedAttributes {
    const attributes = new Map(this.#changes.size === 0 ? this.#base : this)
    for (const name of unset) attributes.delete(name)
    for (const [name, bytes] of set) attributes.set(name, bytes)
    return EncodedAttributes.of(attributes)
  }

  #layered({ set, unset }: Delta): EncodedAttributes {
    const changes = new Map(this.#changes)
    let { size } = this
    for (const name of unset) {
      if (this.has(name)) size -= 1
      changes.set(name, undefined)
    }
    for (const [name, bytes] of set) {
      if (!this.has(name)) size += 1
      changes.set(name, bytes)
    }
    return new EncodedAttributes(this.#base, this.#baseBytes, changes, size)
  }
}

/** The first place behind those of these stored attributes. */
function placeBehind(attributes: Iterable<Bytes | undefined>): number {
  let next = 0
  for (const stored of attributes) if (stored) next = Math.max(next, placeAfter(placeOf(stored)))
  return next
}

function orderedNames(attributes: Iterable<readonly [string, Bytes]>): readonly string[] {
  const places: [name: string, place: number][] = []
  for (const [name, stored] of attributes) places.push([name, placeOf(stored)])
  return places.sort(([nameA, a], [nameB, b]) => a - b || (nameA < nameB ? -1 : 1)).map(([name]) => name)
}
