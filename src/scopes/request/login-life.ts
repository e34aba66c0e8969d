import { ScopesError } from '../../errors/scopes-error.js'
import type { EpochMs, Life } from '../../storage/contract.js'
import { isLonger } from '../../support/duration.js'
import type { RequestScope } from './request-scope.js'

/** As records of a kind get them: remembered ones, or all others. */
type Limits = { readonly idleMs: number | null; readonly lifetimeMs: number | null }

/**
 * Gives the record the life of remembered ones; or the ordinary one, in place of each limit that is longer from before and that this
 * request has not set. A lifetime counts from this login then, since the record may be older than it. Returns a function that
 * takes it back.
 */
export function changeLifeForLogin(request: RequestScope, isRemembered: boolean): (() => void) | undefined {
  const { environment, strategy } = request.scope
  const { remember, timeoutMs, lifetimeMs } = environment.settings
  if (!remember) {
    if (!isRemembered) return undefined
    throw new ScopesError('REMEMBER_UNSUPPORTED', { scope: request.scope.kind, isSealed: strategy.sealed === true })
  }
  const now = environment.clock.now()
  const remembered = { idleMs: strategy.idle.of(remember.timeoutMs), lifetimeMs: remember.lifetimeMs }
  request.writable('login()')
  if (isRemembered) return request.changeLife({ idleMs: remembered.idleMs, endsAt: after(now, remembered.lifetimeMs) })
  const ordinary = { idleMs: strategy.idle.of(timeoutMs), lifetimeMs }
  const life = ordinaryLife(request, ordinary, remembered, now)
  return Object.keys(life).length > 0 ? request.changeLife(life) : undefined
}

/** The limits to change. */
function ordinaryLife(request: RequestScope, ordinary: Limits, remembered: Limits, now: EpochMs): Partial<Life> {
  const { head } = request.writable('login()')
  const { life } = request
  const ends = after(head.createdAt, ordinary.lifetimeMs)
  const soonest = isLonger(head.endsAt, ends) ? earlier(head.endsAt, after(now, ordinary.lifetimeMs)) : ends
  const isRemembered = head.idleMs === remembered.idleMs
  const isChanged = { idleMs: life?.idleMs !== head.idleMs, endsAt: life?.endsAt !== head.endsAt }
  return {
    ...(isLonger(head.idleMs, ordinary.idleMs) && !isChanged.idleMs && { idleMs: ordinary.idleMs }),
    ...((isLonger(head.endsAt, ends) || isRemembered) && !isChanged.endsAt && { endsAt: soonest }),
  }
}

const after = (start: EpochMs, ms: number | null): EpochMs | null => (ms === null ? null : start + ms)

const earlier = (a: EpochMs | null, b: EpochMs | null): EpochMs | null => (isLonger(a, b) ? b : a)
