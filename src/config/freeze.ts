import { isPlain } from './path.js'

/** Freezes maps, lists and Maps at every level. Stops at instances of classes and at values that are frozen already. */
export function deepFreeze<T>(value: T): T {
  if (Object.isFrozen(value)) return value
  if (value instanceof Map) {
    value.forEach(deepFreeze)
    return freezeMap(value)
  }
  if (!isPlain(value)) return value
  Object.values(value).forEach(deepFreeze)
  return Object.freeze(value)
}

/** Replaces the methods that change a Map, because Object.freeze() does not protect its entries. */
function freezeMap<M extends Map<unknown, unknown>>(map: M): M {
  const refuse = () => {
    throw new TypeError('The configuration is frozen.')
  }
  for (const writer of ['set', 'delete', 'clear']) Object.defineProperty(map, writer, { value: refuse })
  return Object.freeze(map)
}
