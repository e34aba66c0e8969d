/** Symbols and non-enumerable names: keys that JSON and superjson skip in silence. */
export function hiddenKey(object: object): PropertyKey | undefined {
  return Reflect.ownKeys(object).find((key) => typeof key === 'symbol' || !isEnumerable(object, key))
}

/** The first key that was added to an object which has `native` own keys by its nature; those come first. */
export function addedKey(object: object, native: number): PropertyKey | undefined {
  return Reflect.ownKeys(object)[native]
}

const isEnumerable = (object: object, key: PropertyKey) => Object.prototype.propertyIsEnumerable.call(object, key)
