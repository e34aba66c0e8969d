import { channels } from '../../diagnostics/channels.js'
import type { CallOptions, Capabilities, Look, RecordChange, SaveResult, Space, Version } from '../contract.js'
import { StorageError } from '../storage-error.js'
import { confirmedSave } from './confirmed-save.js'
import type { Guard } from './guard.js'
import { checkChange, checkId, checkLock, checkQuery } from './lengths.js'

/** A space behind the guard: calls end within the deadline, unanswered saves are repeated, lengths are checked. */
export interface GuardedSpace extends Space {
  /** `held`: the version of the record that the caller holds. With it, an unanswered save can be repeated safely. */
  save(change: RecordChange, options: CallOptions & { readonly held?: Version | undefined }): Promise<SaveResult>
}

/**
 * Puts a space behind the guard. `opened` returns the space at each call, because its driver may not be open yet. Optional
 * members exist if the driver has them. Calls also throw KEY_NOT_STORABLE.
 */
export function guardedSpace(opened: () => Space, { locks, notices }: Capabilities, guard: Guard): GuardedSpace {
  const { cache } = guard.options
  return {
    /** False also if the space cannot tell: a load follows, and reports why. */
    matches(id, look) {
      try {
        const space = opened()
        return space.matches && channels.store.hasSubscribers
          ? guard.published.run('matches', () => matches(space, id, look))
          : matches(space, id, look)
      } catch {
        return false
      }
    },
    load(id, options) {
      checkId(id)
      const { ifChangedSince, now, prolong, seal, touch } = options
      // Written out, here and in `save`: a spread costs ten times as much memory, at every request.
      return guard.run('load', (deadline) => opened().load(id, { now, deadline, seal, ifChangedSince, touch, prolong }))
    },
    save(change, options) {
      checkChange(change)
      const { held, now } = options
      return guard.run(
        'save',
        (deadline) => confirmedSave(opened(), change, { now, held, deadline }, guard.options),
        (timeout) => new StorageError('SAVE_UNCERTAIN', { cache, id: change.id }, { cause: timeout }),
      )
    },
    list(query) {
      checkQuery(query)
      return guard.run('list', (deadline) => opened().list({ ...query, deadline }))
    },
    count: (options) => guard.run('count', (deadline) => opened().count({ ...options, deadline })),
    claimExpired: (options) => guard.run('claimExpired', (deadline) => opened().claimExpired({ ...options, deadline })),
    renew: (claims, options) => guard.run('renew', (deadline) => opened().renew(claims, { ...options, deadline })),
    settle: (claims, options) => guard.run('settle', (deadline) => opened().settle(claims, { ...options, deadline })),
    ...(locks && guardedLocks(opened as () => LockingSpace, guard)),
    ...(notices !== 'none' && guardedWatch(opened as () => WatchedSpace, guard)),
  }
}

const matches = (space: Space, id: string, look: Look): boolean => space.matches?.(id, look) ?? false

type LockingSpace = Required<Pick<Space, 'lock' | 'unlock'>>
type WatchedSpace = Required<Pick<Space, 'watch'>>

const guardedLocks = (opened: () => LockingSpace, guard: Guard): LockingSpace => ({
  lock(id, options) {
    checkLock(id, options)
    return guard.run('lock', (deadline) => opened().lock(id, { ...options, deadline }))
  },
  unlock(id, options) {
    checkLock(id, options)
    return guard.run('unlock', (deadline) => opened().unlock(id, { ...options, deadline }))
  },
})

const guardedWatch = (opened: () => WatchedSpace, guard: Guard): WatchedSpace => ({
  watch: (listener) => guard.wrapped('watch', () => opened().watch(listener)),
})
