/** The first symbol or non-enumerable name: keys that JSON and superjson silently skip. */
export function hiddenKey(object: object): PropertyKey | undefined {
  return Reflect.ownKeys(object).find((key) => typeof key === 'symbol' || !isEnumerable(object, key))
}

/** The first key added to an object of a type that has `native` own keys, which come first. */
export function addedKey(object: object, native: number): PropertyKey | undefined {
  return Reflect.ownKeys(object)[native]
}

const isEnumerable = (object: object, key: PropertyKey) => Object.prototype.propertyIsEnumerable.call(object, key)
