import { ScopesError } from '../errors/scopes-error.js'
import { deepest, isPosition, isTooLarge, longestPattern, mostDigits, survivesJson, tooDeep } from './limits.js'
import { addedKey, hiddenKey } from './own-keys.js'
import { formatPath, mapKeyStep, mapValueStep, type Step, setMemberStep } from './path.js'
import { isInvalid, type Numbers, shapeOf } from './shapes.js'
import { SharedMemory } from './shared-memory.js'
import { Form } from './stand-ins.js'
import type { KnownTypes } from './types.js'
import { wordingOf } from './wording.js'

/**
 * The walk before encoding. It refuses, with VALUE_NOT_STORABLE, any part that would not come back equal, and finds out
 * whether plain JSON is enough. Every request pays for it, so both happen in one pass, and a path becomes text only for an
 * error.
 */
export class Survey {
  /** Whether JSON.parse(JSON.stringify(value)) equals the parts of the value visited so far. */
  plain = true
  readonly #types: KnownTypes
  readonly #root: string
  readonly #path: Step[] = []
  readonly #seen = new Set<object>()
  #memory: SharedMemory | undefined
  #forms: Map<unknown, Form> | undefined

  /** `root` names the value in messages. */
  constructor(types: KnownTypes, root: string) {
    this.#types = types
    this.#root = root
  }

  /** The values that custom types took, in serialized form. */
  get forms(): Map<unknown, Form> {
    this.#forms ??= new Map()
    return this.#forms
  }

  visit(value: unknown, depth = 0): void {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return
      case 'number':
        if (!survivesJson(value)) this.plain = false
        return
      case 'undefined':
        this.plain = false
        return
      case 'bigint':
        this.plain = false
        if (isTooLarge(value)) throw this.#refusal(`a BigInt of more than ${mostDigits} digits`, depth)
        return
      case 'object':
        if (value !== null) this.#visitObject(value, depth)
        return
      default:
        if (!this.#isCustom(value, depth)) throw this.#refusal(wordingOf(value), depth)
    }
  }

  #visitObject(object: object, depth: number): void {
    if (!this.#firstVisit(object)) {
      this.plain = false
      return
    }
    if (depth >= deepest) throw this.#refusal(`a value ${tooDeep}`, depth)
    if (this.#types.custom.size > 0 && this.#isCustom(object, depth)) return
    const prototype: object | null = Object.getPrototypeOf(object)
    if (prototype === Object.prototype) this.#visitFields(object, depth)
    else if (prototype === Array.prototype && Array.isArray(object)) this.#visitElements(object, depth)
    else this.#visitRich(object, prototype, depth)
  }

  #firstVisit(object: object): boolean {
    const before = this.#seen.size
    return this.#seen.add(object).size > before
  }

  #visitFields(object: object, depth: number): void {
    let visited = 0
    for (const key in object) {
      const property = Object.getOwnPropertyDescriptor(object, key)
      if (!property) continue // inherited
      visited++
      this.#path[depth] = key
      if (property.get || property.set) throw this.#refusal('an accessor property', depth + 1)
      this.visit(property.value, depth + 1)
    }
    const names = Object.getOwnPropertyNames(object).length
    if (names > visited || Object.getOwnPropertySymbols(object).length > 0) this.#refuseHidden(object, depth)
  }

  #visitElements(array: readonly unknown[], depth: number): void {
    for (let index = 0; index < array.length; index++) {
      const element = array[index]
      if (element === undefined && !Object.hasOwn(array, index)) throw this.#refusal('a sparse array', depth)
      this.#path[depth] = index
      this.visit(element, depth + 1)
    }
    // Far cheaper than Reflect.ownKeys; it misses only non-enumerable properties added to an array.
    if (Object.keys(array).length > array.length || Object.getOwnPropertySymbols(array).length > 0) {
      this.#refuseAdded(array, array.length + 1, depth)
    }
  }

  #visitRich(object: object, prototype: object | null, depth: number): void {
    const shape = shapeOf(this.#types.shapes, prototype)
    if (shape !== 'object' && shape !== 'array') this.plain = false
    switch (shape) {
      case 'object':
        this.#visitFields(object, depth)
        break
      case 'array':
        if (!Array.isArray(object)) throw this.#refusal(wordingOf(object), depth)
        this.#visitElements(object, depth)
        break
      case 'bare':
      case 'instance':
        this.#visitFields(object, depth)
        break
      case 'map':
        this.#visitEntries(object as Map<unknown, unknown>, depth)
        break
      case 'set':
        this.#visitMembers(object as Set<unknown>, depth)
        break
      case 'numbers':
        this.#visitNumbers(object as Numbers, depth)
        break
      case 'date':
        if (isInvalid(object as Date)) throw this.#refusal('an invalid Date', depth)
        this.#refuseAdded(object, 0, depth)
        break
      case 'url':
        this.#refuseAdded(object, 0, depth)
        break
      case 'regexp':
        this.#visitRegexp(object as RegExp, depth)
        break
      default:
        throw this.#refusal(wordingOf(object), depth)
    }
  }

  #visitEntries(map: ReadonlyMap<unknown, unknown>, depth: number): void {
    let index = 0
    for (const [key, value] of map) {
      this.#path[depth] = mapKeyStep(index)
      this.visit(key, depth + 1)
      this.#path[depth] = mapValueStep(key, index)
      this.visit(value, depth + 1)
      index++
    }
    this.#refuseAdded(map, 0, depth)
  }

  #visitMembers(set: ReadonlySet<unknown>, depth: number): void {
    let index = 0
    for (const member of set) {
      this.#path[depth] = setMemberStep(index++)
      this.visit(member, depth + 1)
    }
    this.#refuseAdded(set, 0, depth)
  }

  #visitRegexp(regexp: RegExp, depth: number): void {
    if (regexp.source.length > longestPattern)
      throw this.#refusal(`a RegExp of more than ${longestPattern} characters`, depth)
    const { lastIndex } = regexp
    if (!isPosition(lastIndex)) {
      this.#path[depth] = 'lastIndex'
      throw this.#refusal(`the lastIndex ${String(lastIndex)} of a RegExp`, depth + 1)
    }
    // A RegExp has one own key, lastIndex.
    this.#refuseAdded(regexp, 1, depth)
  }

  /** Refuses elements that JSON cannot carry: superjson writes typed arrays as plain JSON numbers. */
  #visitNumbers(array: Numbers, depth: number): void {
    const lost = array.findIndex((element: number) => !survivesJson(element))
    if (lost >= 0) {
      this.#path[depth] = lost
      throw this.#refusal(`${Object.is(array[lost], -0) ? '-0' : array[lost]} in a typed array`, depth + 1)
    }
    this.#refuseAdded(array, array.length, depth)
    this.#memory ??= new SharedMemory()
    const reason = this.#memory.refusalOf(array)
    if (reason !== undefined) throw this.#refusal(reason, depth)
  }

  #refuseHidden(object: object, depth: number): void {
    const key = hiddenKey(object)
    if (key === undefined) return
    this.#path[depth] = key
    throw this.#refusal(typeof key === 'symbol' ? 'a field named by a symbol' : 'a non-enumerable field', depth + 1)
  }

  #refuseAdded(object: object, native: number, depth: number): void {
    const key = addedKey(object, native)
    if (key === undefined) return
    this.#path[depth] = key
    throw this.#refusal(`a field added to ${wordingOf(object)}`, depth + 1)
  }

  /** Whether a custom type takes the value; if so, its serialized form is kept. */
  #isCustom(value: unknown, depth: number): boolean {
    if (this.forms.has(value)) return true
    for (const [name, type] of this.#types.custom) {
      if (!type.is(value)) continue
      this.forms.set(value, new Form(name, type, this.#serialized(name, type.serialize(value), depth)))
      this.plain = false
      return true
    }
    return false
  }

  #serialized(name: string, data: unknown, depth: number): unknown {
    const survey = new Survey({ ...this.#types, custom: new Map() }, formatPath(this.#root, this.#path.slice(0, depth)))
    survey.visit(data)
    if (!survey.plain) throw this.#refusal(`a ${name} whose serialized form is not plain JSON`, depth)
    return data
  }

  #refusal(reason: string, depth: number): ScopesError {
    return new ScopesError('VALUE_NOT_STORABLE', { path: formatPath(this.#root, this.#path.slice(0, depth)), reason })
  }
}
