/** A value as an operator sees it: its type and, as far as it has them, its size, its text and its entries. */
export interface Described {
  /** As in `string`, `Array`, `Map`, or the name of a class. */
  readonly type: string
  /** The number of characters, entries or bytes. */
  readonly size?: number
  /** A value without entries, written out. */
  readonly text?: string
  readonly entries?: readonly Entry[]
  /** How many characters or entries were left out. */
  readonly more?: number
}

export interface Entry {
  /** The key of a Map can be any value. Absent in a Set. */
  readonly key?: string | Described
  readonly value: Described
}

export interface Limits {
  /** The most values in all, so that repeated references cannot make a small record large. */
  readonly values: number
  /** The most characters of one text. */
  readonly letters: number
  readonly depth: number
}

/** Describes a decoded value within limits. */
export function described(value: unknown, limits: Limits): Described {
  return new Description(limits).of(value, 0)
}

class Description {
  readonly #limits: Limits
  readonly #around: object[] = []
  #left: number

  constructor(limits: Limits) {
    this.#limits = limits
    this.#left = limits.values
  }

  of(value: unknown, depth: number): Described {
    this.#left -= 1
    if (typeof value === 'string') return this.#string(value)
    if (typeof value !== 'object' || value === null) return { type: typeOf(value), text: writtenOut(value) }
    const text = textOf(value)
    if (text !== undefined) return { type: nameOf(value), text }
    if (this.#around.includes(value)) return { type: nameOf(value), text: 'the same as further out' }
    if (depth >= this.#limits.depth) return { type: nameOf(value), text: 'nested deeper than is shown' }
    this.#around.push(value)
    const result = this.#container(value, depth)
    this.#around.pop()
    return result
  }

  #string(value: string): Described {
    const { letters } = this.#limits
    const size = value.length
    return size <= letters
      ? { type: 'string', size, text: value }
      : { type: 'string', size, text: value.slice(0, letters), more: size - letters }
  }

  #container(value: object, depth: number): Described {
    const size = sizeOf(value)
    const entries: Entry[] = []
    for (const [key, item] of entriesOf(value)) {
      if (this.#left <= 0) break
      const named = key === undefined ? {} : { key: typeof key === 'string' ? key : this.of(key, depth + 1) }
      entries.push({ ...named, value: this.of(item, depth + 1) })
    }
    const more = size - entries.length
    return { type: nameOf(value), size, entries, ...(more > 0 && { more }) }
  }
}

const typeOf = (value: unknown): string => (value === null ? 'null' : typeof value)

const writtenOut = (value: unknown): string => (Object.is(value, -0) ? '-0' : String(value))

/** The text of objects that have no entries to show. */
function textOf(value: object): string | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid' : value.toISOString()
  if (value instanceof RegExp || value instanceof URL) return String(value)
  return undefined
}

const nameOf = (value: object): string => {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null || prototype === Object.prototype) return 'Object'
  return value.constructor?.name || 'Object'
}

function sizeOf(value: object): number {
  if (value instanceof Map || value instanceof Set) return value.size
  if (Array.isArray(value)) return value.length
  return ArrayBuffer.isView(value) && 'length' in value ? Number(value.length) : Object.keys(value).length
}

function* entriesOf(value: object): Generator<readonly [key: unknown, item: unknown]> {
  if (value instanceof Map) yield* value
  else if (value instanceof Set) for (const item of value) yield [undefined, item]
  else for (const key of Object.keys(value)) yield [key, (value as Record<string, unknown>)[key]]
}
