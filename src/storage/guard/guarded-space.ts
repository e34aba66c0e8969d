import type { Capabilities, Space } from '../contract.js'
import { StorageError } from '../storage-error.js'
import type { Guard } from './guard.js'
import { settledSave } from './settled-save.js'

/**
 * A space behind the guard, which is asked for with every call, because its driver may not be open yet. Optional members
 * are there when the driver has them.
 */
export function guardedSpace(opened: () => Space, { locks, notices }: Capabilities, guard: Guard): Space {
  const { cache } = guard.options
  return {
    load: (id, options) => guard.run('load', options, (bounded) => opened().load(id, bounded)),
    save: (change, options) =>
      guard.run(
        'save',
        options,
        (bounded) => settledSave(opened(), change, bounded, guard.options),
        (timeout) => new StorageError('SAVE_UNCERTAIN', { cache, id: change.id }, { cause: timeout }),
      ),
    delete: (id, options) => guard.run('delete', options, (bounded) => opened().delete(id, bounded)),
    list: (query) => guard.run('list', query, (bounded) => opened().list(bounded)),
    count: (options) => guard.run('count', options, (bounded) => opened().count(bounded)),
    claimExpired: (options) => guard.run('claimExpired', options, (bounded) => opened().claimExpired(bounded)),
    renew: (claims, options) => guard.run('renew', options, (bounded) => opened().renew(claims, bounded)),
    settle: (claims, options) => guard.run('settle', options, (bounded) => opened().settle(claims, bounded)),
    ...(locks && guardedLocks(opened as () => LockingSpace, guard)),
    ...(notices && guardedWatch(opened as () => WatchedSpace, guard)),
  }
}

type LockingSpace = Required<Pick<Space, 'lock' | 'unlock'>>
type WatchedSpace = Required<Pick<Space, 'watch'>>

const guardedLocks = (opened: () => LockingSpace, guard: Guard): LockingSpace => ({
  lock: (id, options) => guard.run('lock', options, (bounded) => opened().lock(id, bounded)),
  unlock: (id, token) => guard.wrapped('unlock', () => opened().unlock(id, token)),
})

const guardedWatch = (opened: () => WatchedSpace, guard: Guard): WatchedSpace => ({
  watch: (listener) => guard.wrapped('watch', () => opened().watch(listener)),
})
