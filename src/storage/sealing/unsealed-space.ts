import { storedOf } from '../../codec/sealing/unopened.js'
import type { RecordChange } from '../contract.js'
import type { GuardedSpace } from '../guard/guarded-space.js'
import { passedThrough } from './sealed-space.js'

/**
 * A space of a cache without keys, to which records of one with keys move. A value that could not be opened there is stored
 * here as it was, so that it can be opened once this cache has its key.
 */
export const unsealedSpace = (space: GuardedSpace): GuardedSpace => ({
  ...passedThrough(space),
  load: (id, options) => space.load(id, options),
  claimExpired: (options) => space.claimExpired(options),
  save: (change, options) => space.save(unwrapped(change), options),
})

function unwrapped(change: RecordChange): RecordChange {
  if (!change.set) return change
  const set = new Map([...change.set].map(([name, value]) => [name, storedOf(value) ?? value]))
  return { ...change, set }
}
