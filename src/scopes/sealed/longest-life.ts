import { ScopesError } from '../../errors/scopes-error.js'
import type { EpochMs, Life } from '../../storage/contract.js'
import { isLonger } from '../../support/duration.js'
import { withoutSlack } from '../record/idle-slack.js'
import type { ScopeKind } from '../settings.js'

/** The life that is as long as either of the two. */
export const longerLife = (a: Life, b: Life): Life => ({
  idleMs: isLonger(a.idleMs, b.idleMs) ? a.idleMs : b.idleMs,
  endsAt: isLonger(a.endsAt, b.endsAt) ? a.endsAt : b.endsAt,
})

/** Throws SEALED_LIFE_TOO_LONG if a record that was created at `createdAt` must not get this life, because it is longer. */
export function checkLongest(scope: ScopeKind, createdAt: EpochMs, life: Partial<Life>, longest: Life): void {
  if (life.idleMs !== undefined && isLonger(life.idleMs, longest.idleMs)) {
    const [askedMs, longestMs] = [withoutSlack(life.idleMs), withoutSlack(longest.idleMs)]
    throw new ScopesError('SEALED_LIFE_TOO_LONG', { scope, limit: 'timeout', askedMs, longestMs })
  }
  if (life.endsAt !== undefined && isLonger(life.endsAt, longest.endsAt)) {
    const [askedMs, longestMs] = [life.endsAt, longest.endsAt].map((at) => (at === null ? null : at - createdAt))
    throw new ScopesError('SEALED_LIFE_TOO_LONG', { scope, limit: 'lifetime', askedMs, longestMs })
  }
}
