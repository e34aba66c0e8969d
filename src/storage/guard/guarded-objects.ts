import type { ObjectSpace } from '../contract.js'
import type { Guard } from './guard.js'

/** As `guardedSpace`, for objects. */
export const guardedObjects = (opened: () => ObjectSpace, guard: Guard): ObjectSpace => ({
  get: (key, options) => guard.run('get', options, (bounded) => opened().get(key, bounded)),
  set: (key, value, options) => guard.run('set', options, (bounded) => opened().set(key, value, bounded)),
  delete: (key, options) => guard.run('delete', options, (bounded) => opened().delete(key, bounded)),
  clear: (options) => guard.run('clear', options, (bounded) => opened().clear(bounded)),
})
