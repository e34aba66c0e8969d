/** `numbers` are typed arrays, `bare` objects have no prototype, `instance`s are of registered classes. */
export type Shape = 'object' | 'bare' | 'array' | 'map' | 'set' | 'date' | 'regexp' | 'url' | 'numbers' | 'instance'

/** By exact prototype: a subclass that is not registered has no shape, because it would come back as its base class. */
export type Shapes = ReadonlyMap<object | null, Shape>

/** superjson revives these; it knows no typed arrays of BigInts. */
const typedArrays = [
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

export const isInvalid = (date: Date) => Number.isNaN(date.getTime())
