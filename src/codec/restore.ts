import { type Annotation, Annotations } from './annotations.js'
import { deepest, isPosition, longestPattern, mostDigits, survivesJson, tooDeep } from './limits.js'
import { isInvalid, type Numbers, typedArrays } from './shapes.js'
import { isEscaped, standIns, unescapedKey } from './stand-ins.js'
import type { KnownTypes } from './types.js'

/**
 * Makes the value that a Replacement was made of, from superjson's JSON and annotations. Throws for anything that a
 * Replacement does not make. The cost is linear in the size of the text.
 */
export class Restoration {
  readonly #types: KnownTypes
  readonly #annotations: Annotations
  /** The restored values, numbered in the same order as by the Replacement. */
  readonly #restored: unknown[] = []
  /** How many annotations have been applied. */
  #applied = 0

  constructor(types: KnownTypes, json: unknown, values: unknown) {
    this.#types = types
    this.#annotations = new Annotations(values, json)
  }

  restore(json: unknown): unknown {
    const value = this.#value(json, this.#annotations.root, 0)
    if (this.#applied < this.#annotations.count) throw new Error('it annotates what it does not hold')
    return value
  }

  #value(json: unknown, annotation: Annotation | undefined, depth: number): unknown {
    if (annotation?.type !== undefined) {
      this.#applied += 1
      return this.#annotated(json, annotation, depth)
    }
    if (typeof json !== 'object' || json === null) return json
    this.#count(json, depth)
    if (Array.isArray(json)) this.#elements(json, annotation, depth)
    else this.#fields(json as Fields, annotation, depth)
    return json
  }

  #annotated(json: unknown, annotation: Annotation, depth: number): unknown {
    if (Array.isArray(annotation.type)) return this.#named(annotation.type, json, annotation, depth)
    switch (annotation.type) {
      case 'undefined':
        return undefined
      case 'number':
        return numberOf(textOf(json))
      case 'bigint':
        return bigintOf(textOf(json))
      case 'Date':
        return this.#count(dateOf(textOf(json)), depth)
      case 'regexp':
        return this.#count(regexpOf(textOf(json)), depth)
      case 'URL':
        return this.#count(new URL(textOf(json)), depth)
      case 'set':
        return this.#members(listOf(json), annotation, depth)
      case 'map':
        return this.#entries(listOf(json), annotation, depth)
      default:
        throw new Error(`it holds something that is never stored: ${JSON.stringify(annotation.type)}`)
    }
  }

  #named([kind, name]: readonly unknown[], json: unknown, annotation: Annotation, depth: number): unknown {
    if (typeof name === 'string') {
      if (kind === 'typed-array') return this.#count(numbersOf(name, listOf(json)), depth)
      if (kind === 'class') return this.#instance(name, json, annotation, depth)
      if (kind === 'custom') return this.#custom(name, json, depth)
    }
    throw new Error(`it holds something that is never stored: ${JSON.stringify(kind)}`)
  }

  #instance(name: string, json: unknown, annotation: Annotation, depth: number): unknown {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error(`its ${name} has no fields`)
    if (name === standIns.repeat) return this.#repeated(Reflect.get(json, 'number'))
    if (name === standIns.pattern) return this.#count(positionedRegexp(json), depth)
    const type = this.#types.classes.get(name)
    if (!type && name !== standIns.bare) throw new Error(`its class ${JSON.stringify(name)} is not registered`)
    // An own field shadows a setter of the prototype, which is therefore not called.
    this.#count(Object.setPrototypeOf(json, type?.prototype ?? null), depth)
    this.#fields(json as Fields, annotation, depth)
    return json
  }

  #custom(name: string, json: unknown, depth: number): unknown {
    const type = this.#types.custom.get(name)
    if (!type) throw new Error(`its custom type ${JSON.stringify(name)} is not registered`)
    return this.#count(type.deserialize(json), depth)
  }

  #repeated(number: unknown): unknown {
    if (typeof number !== 'number' || !Object.hasOwn(this.#restored, number))
      throw new Error('it refers to a part of itself that is not there')
    return this.#restored[number]
  }

  #count<T>(value: T, depth: number): T {
    if (depth >= deepest) throw new Error(`it is ${tooDeep}`)
    this.#restored.push(value)
    return value
  }

  /** In place: most fields are what the JSON says. */
  #fields(object: Fields, annotation: Annotation | undefined, depth: number): void {
    const keys = Object.keys(object)
    const parts = annotation?.parts
    for (const key of keys) {
      const json = object[key]
      const value = this.#value(json, parts?.get(key), depth + 1)
      // Each key is an own field, `__proto__` too, so the assignment calls no setter.
      if (value !== json) object[key] = value
    }
    if (keys.some(isEscaped)) rename(object, keys)
  }

  /** In place, as `#fields`. */
  #elements(array: unknown[], annotation: Annotation | undefined, depth: number): void {
    const parts = annotation?.parts
    for (let index = 0; index < array.length; index += 1) {
      const json = array[index]
      const value = this.#value(json, parts?.get(String(index)), depth + 1)
      if (value !== json) array[index] = value
    }
  }

  #members(json: readonly unknown[], annotation: Annotation, depth: number): Set<unknown> {
    const set = this.#count(new Set(), depth)
    for (let index = 0; index < json.length; index += 1)
      set.add(this.#value(json[index], partAt(annotation, index), depth + 1))
    return set
  }

  #entries(json: readonly unknown[], annotation: Annotation, depth: number): Map<unknown, unknown> {
    const map = this.#count(new Map(), depth)
    for (let index = 0; index < json.length; index += 1) {
      const at = partAt(annotation, index)
      const [keyJson, valueJson] = listOf(json[index])
      const key = this.#value(keyJson, partAt(at, 0), depth + 1)
      map.set(key, this.#value(valueJson, partAt(at, 1), depth + 1))
    }
    return map
  }
}

type Fields = Record<string, unknown>

const partAt = (annotation: Annotation | undefined, index: number): Annotation | undefined =>
  annotation?.parts?.get(String(index))

/** Gives all fields their unescaped names, because renaming one alone would move it to the end. */
function rename(object: Fields, keys: readonly string[]): void {
  const fields = keys.map((key) => [unescapedKey(key), object[key]] as const)
  for (const key of keys) delete object[key]
  // An assignment to `__proto__` would set the prototype.
  for (const [key, value] of fields)
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
}

function textOf(json: unknown): string {
  if (typeof json !== 'string') throw new Error('it lacks a text')
  return json
}

function listOf(json: unknown): readonly unknown[] {
  if (!Array.isArray(json)) throw new Error('it lacks a list')
  return json
}

const oddNumbers: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['-0', -0],
])

function numberOf(text: string): number {
  const number = oddNumbers.get(text)
  if (number === undefined) throw new Error('it holds a number that is never stored')
  return number
}

function bigintOf(text: string): bigint {
  if (text.length > mostDigits + 1) throw new Error(`it holds a BigInt of ${text.length} digits`)
  return BigInt(text)
}

function dateOf(text: string): Date {
  const date = new Date(text)
  if (isInvalid(date)) throw new Error('it holds an invalid Date')
  return date
}

function regexpOf(text: string): RegExp {
  const end = text.lastIndexOf('/')
  if (end < 1 || end > longestPattern + 1) throw new Error('it holds a RegExp that is never stored')
  return new RegExp(text.slice(1, end), text.slice(end + 1))
}

/** A RegExp with a `lastIndex`, from the fields of its stand-in. */
function positionedRegexp(json: object): RegExp {
  const { text, lastIndex } = json as { readonly text?: unknown; readonly lastIndex?: unknown }
  const regexp = regexpOf(textOf(text))
  if (!isPosition(lastIndex)) throw new Error('it holds a RegExp that is never stored')
  regexp.lastIndex = lastIndex
  return regexp
}

function numbersOf(name: string, json: readonly unknown[]): Numbers {
  const type = typedArrays.find((type) => type.name === name)
  const array = type && json.every((element) => typeof element === 'number') && new type(json)
  if (!array || array.some((element: number) => !survivesJson(element)))
    throw new Error('it holds a typed array that is never stored')
  return array
}
