import { twinOf } from './realms.js'

/** The kind of an object. `numbers`: a typed array; `bare`: an object without a prototype; `instance`: of a registered class. */
export type Shape = 'object' | 'bare' | 'array' | 'map' | 'set' | 'date' | 'regexp' | 'url' | 'numbers' | 'instance'

/** Shapes by exact prototype. An unregistered subclass has no shape, because it would come back as its base class. */
export type Shapes = ReadonlyMap<object | null, Shape>

/** The typed arrays that superjson revives. It does not support those of BigInts. */
export const typedArrays = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
]
export type Numbers = InstanceType<(typeof typedArrays)[number]>

export const builtInShapes: Shapes = new Map<object | null, Shape>([
  [Object.prototype, 'object'],
  [null, 'bare'],
  [Array.prototype, 'array'],
  [Map.prototype, 'map'],
  [Set.prototype, 'set'],
  [Date.prototype, 'date'],
  [RegExp.prototype, 'regexp'],
  [URL.prototype, 'url'],
  ...typedArrays.map(({ prototype }) => [prototype, 'numbers'] as const),
])

/** The shape of an object with this prototype. Plain objects, arrays, Dates and so on of another realm have theirs. */
export const shapeOf = (shapes: Shapes, prototype: object | null): Shape | undefined =>
  shapes.get(prototype) ?? (prototype ? shapes.get(twinOf(prototype) ?? {}) : undefined)

export const isInvalid = (date: Date) => Number.isNaN(date.getTime())
