import { type Numbers, type Shapes, shapeOf, typedArrays } from './shapes.js'
import { Bare, escapedKey, type Form, Pattern, Repeat } from './stand-ins.js'

/** The serialized values of custom types, by value. */
export type Forms = ReadonlyMap<unknown, Form>

/** Copies a value that passed the survey into a tree that superjson carries without loss. */
export class Replacement {
  readonly #shapes: Shapes
  readonly #forms: Forms
  readonly #numbers = new Map<unknown, number>()

  constructor(shapes: Shapes, forms: Forms) {
    this.#shapes = shapes
    this.#forms = forms
  }

  replace(value: unknown): unknown {
    const form = this.#forms.get(value)
    if (!form && (typeof value !== 'object' || value === null)) return value
    const number = this.#numbers.get(value)
    if (number !== undefined) return new Repeat(number)
    this.#numbers.set(value, this.#numbers.size)
    return form ?? this.#copy(value as object)
  }

  #copy(object: object): unknown {
    const prototype: object | null = Object.getPrototypeOf(object)
    switch (shapeOf(this.#shapes, prototype)) {
      case 'object':
        return this.#fields(object, {}, Object.prototype)
      case 'bare':
        return this.#fields(object, new Bare(), prototype)
      case 'instance':
        return this.#fields(object, Object.create(prototype), prototype)
      case 'array':
        return Array.from(object as unknown[], (element) => this.replace(element))
      case 'set':
        return new Set(Array.from(object as Set<unknown>, (member) => this.replace(member)))
      case 'map':
        return new Map(
          Array.from(object as Map<unknown, unknown>, ([key, value]) => [this.replace(key), this.replace(value)]),
        )
      case 'date':
        return object instanceof Date ? object : new Date(Number(object))
      case 'regexp':
        return regexp(object as RegExp)
      case 'numbers':
        return numbers(object as Numbers)
      default:
        return object
    }
  }

  #fields(source: object, target: Record<string, unknown>, prototype: object | null): object {
    for (const [key, value] of Object.entries(source)) {
      target[escapedKey(key, prototype)] = this.replace(value)
    }
    return target
  }
}

function regexp(object: RegExp): RegExp | Pattern {
  if (object.lastIndex !== 0) return new Pattern(object)
  return Object.getPrototypeOf(object) === RegExp.prototype ? object : new RegExp(object.source, object.flags)
}

/** superjson names a typed array by its class, which must be this realm's. */
function numbers(array: Numbers): Numbers {
  const type = typedArrays.find(({ name }) => name === array[Symbol.toStringTag])
  return type && !(array instanceof type) ? new type(array) : array
}
