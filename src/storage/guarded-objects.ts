import type { ObjectSpace } from './contract.js'
import type { Guard } from './guard.js'

/** As `guardedSpace`, for objects. */
export const guardedObjects = (opened: () => ObjectSpace, guard: Guard): ObjectSpace => ({
  get: (key, options) => guard.run('get', options, async (bounded) => opened().get(key, bounded)),
  set: (key, value, options) => guard.run('set', options, async (bounded) => opened().set(key, value, bounded)),
  delete: (key, options) => guard.run('delete', options, async (bounded) => opened().delete(key, bounded)),
  clear: (options) => guard.run('clear', options, async (bounded) => opened().clear(bounded)),
})
