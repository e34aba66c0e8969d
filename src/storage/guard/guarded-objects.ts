import type { ObjectSpace } from '../contract.js'
import type { Guard } from './guard.js'
import { checkObjectKey } from './lengths.js'

/** Same as `guardedSpace`, for objects. Calls also throw KEY_NOT_STORABLE. */
export const guardedObjects = (opened: () => ObjectSpace, guard: Guard): ObjectSpace => ({
  get(key, options) {
    checkObjectKey(key)
    return guard.run('get', options, (bound) => opened().get(key, bound))
  },
  set(key, value, options) {
    checkObjectKey(key)
    return guard.run('set', options, (bound) => opened().set(key, value, bound))
  },
  delete(key, options) {
    checkObjectKey(key)
    return guard.run('delete', options, (bound) => opened().delete(key, bound))
  },
  clear: (options) => guard.run('clear', options, (bound) => opened().clear(bound)),
})
