import type { ObjectSpace } from '../contract.js'
import type { Guard } from './guard.js'
import { checkObjectKey } from './lengths.js'
import type { CallNaming } from './published-calls.js'

/** The naming for the guard of a space of objects. */
export const objectCalls: CallNaming = {
  prefix: 'objects.',
  outcomeOf: (operation, answer) => (operation === 'get' ? (answer === undefined ? 'miss' : 'hit') : undefined),
}

/** Same as `guardedSpace`, for objects. Calls also throw KEY_NOT_STORABLE. */
export const guardedObjects = (opened: () => ObjectSpace, guard: Guard): ObjectSpace => ({
  get(key, options) {
    checkObjectKey(key)
    return guard.run('get', (deadline) => opened().get(key, { ...options, deadline }))
  },
  set(key, value, options) {
    checkObjectKey(key)
    return guard.run('set', (deadline) => opened().set(key, value, { ...options, deadline }))
  },
  delete(key, options) {
    checkObjectKey(key)
    return guard.run('delete', (deadline) => opened().delete(key, { ...options, deadline }))
  },
  clear: (options) => guard.run('clear', (deadline) => opened().clear({ ...options, deadline })),
})
