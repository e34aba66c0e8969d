import { isInvalid, type Numbers, type Shapes } from './shapes.js'
import { Bare, Form, isEscaped, Repeat, unescapedKey } from './stand-ins.js'

/** Replaces the stand-ins, in place, by the values they stand for. Throws for anything that a Replacement does not make. */
export class Restoration {
  readonly #shapes: Shapes
  readonly #longest: number
  /** The restored values, numbered in the same order as by the Replacement. */
  readonly #restored: unknown[] = []

  /** No array may have more elements than `longest`: a few hostile bytes can ask for billions. */
  constructor(shapes: Shapes, longest: number) {
    this.#shapes = shapes
    this.#longest = longest
  }

  restore(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value
    if (value instanceof Repeat) return this.#repeated(value.number)
    if (value instanceof Form) return this.#count(value.type.deserialize(value.data))
    this.#count(value)
    if (value instanceof Bare) Object.setPrototypeOf(value, null)
    this.#fill(value)
    return value
  }

  #repeated(number: number): unknown {
    if (!Object.hasOwn(this.#restored, number)) throw new Error('it refers to a part of itself that is not there')
    return this.#restored[number]
  }

  #count(value: unknown): unknown {
    this.#restored.push(value)
    return value
  }

  #fill(object: object): void {
    switch (this.#shapes.get(Object.getPrototypeOf(object))) {
      case 'object':
      case 'bare':
      case 'instance':
        this.#fields(object as Record<string, unknown>)
        break
      case 'array':
        this.#elements(object as unknown[])
        break
      case 'set':
        this.#members(object as Set<unknown>)
        break
      case 'map':
        this.#entries(object as Map<unknown, unknown>)
        break
      case 'numbers':
        this.#checkLength((object as Numbers).length)
        break
      case 'date':
        if (isInvalid(object as Date)) throw new Error('it holds an invalid Date')
        break
      case 'regexp':
      case 'url':
        break
      default:
        throw new Error('it holds something that is never stored')
    }
  }

  #fields(object: Record<string, unknown>): void {
    const keys = Object.keys(object)
    if (keys.some(isEscaped)) this.#renamedFields(object)
    else for (const key of keys) object[key] = this.restore(object[key])
  }

  /** Sets all fields again, because renaming one alone would move it to the end. */
  #renamedFields(object: Record<string, unknown>): void {
    const fields = Object.entries(object)
    for (const [key] of fields) delete object[key]
    for (const [key, field] of fields) {
      const value = this.restore(field)
      // An assignment to `__proto__` would set the prototype.
      Object.defineProperty(object, unescapedKey(key), { value, writable: true, enumerable: true, configurable: true })
    }
  }

  #elements(array: unknown[]): void {
    this.#checkLength(array.length)
    for (const [index, element] of array.entries()) array[index] = this.restore(element)
  }

  #members(set: Set<unknown>): void {
    const members = [...set]
    set.clear()
    for (const member of members) set.add(this.restore(member))
  }

  #entries(map: Map<unknown, unknown>): void {
    const entries = [...map]
    map.clear()
    for (const [key, value] of entries) map.set(this.restore(key), this.restore(value))
  }

  #checkLength(length: number): void {
    if (length > this.#longest) throw new Error('it holds an array longer than itself')
  }
}
