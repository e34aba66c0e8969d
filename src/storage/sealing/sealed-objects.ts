import type { ObjectSpace } from '../contract.js'
import { placeText, type ValueSealer } from './value-sealer.js'

/** Same as `sealedSpace`, for objects. */
export function sealedObjects(objects: ObjectSpace, name: string, sealer: ValueSealer): ObjectSpace {
  const placeOf = (key: string) => placeText('object', name, key)
  return {
    async get(key, options) {
      const stored = await objects.get(key, options)
      return stored && sealer.open(key, placeOf(key), stored)
    },
    set: (key, value, options) => objects.set(key, sealer.seal(key, placeOf(key), value), options),
    delete: (key, options) => objects.delete(key, options),
    clear: (options) => objects.clear(options),
  }
}
