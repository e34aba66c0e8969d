import type { Space } from './contract.js'
import type { Guard } from './guard.js'

/** The same space behind the guard. Optional members are there when the driver has them. */
export function guardedSpace(space: Space, guard: Guard): Space {
  const lock = space.lock?.bind(space)
  const unlock = space.unlock?.bind(space)
  const watch = space.watch?.bind(space)
  return {
    load: (id, options) => guard.run('load', options, (bounded) => space.load(id, bounded)),
    save: (change, options) => guard.run('save', options, (bounded) => space.save(change, bounded)),
    delete: (id, options) => guard.run('delete', options, (bounded) => space.delete(id, bounded)),
    list: (query) => guard.run('list', query, (bounded) => space.list(bounded)),
    count: (options) => guard.run('count', options, (bounded) => space.count(bounded)),
    claimExpired: (options) => guard.run('claimExpired', options, (bounded) => space.claimExpired(bounded)),
    renew: (claims, options) => guard.run('renew', options, (bounded) => space.renew(claims, bounded)),
    settle: (claims, options) => guard.run('settle', options, (bounded) => space.settle(claims, bounded)),
    ...(lock && { lock: (id, options) => guard.run('lock', options, (bounded) => lock(id, bounded)) }),
    ...(unlock && { unlock: (id, token) => guard.wrapped('unlock', () => unlock(id, token)) }),
    ...(watch && { watch: (listener) => guard.wrapped('watch', () => watch(listener)) }),
  }
}
