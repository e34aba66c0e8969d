import { isPlain } from './path.js'

/** Freezes maps, lists and Maps all the way down. Stops at instances of classes and at what is frozen already. */
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

/** Object.freeze() leaves the entries of a Map as changeable as they were. */
function freezeMap<M extends Map<unknown, unknown>>(map: M): M {
  const refuse = () => {
    throw new TypeError('The configuration is frozen.')
  }
  for (const writer of ['set', 'delete', 'clear']) Object.defineProperty(map, writer, { value: refuse })
  return Object.freeze(map)
}
