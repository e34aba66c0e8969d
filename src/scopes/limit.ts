import type { RecordHead } from '../storage/contract.js'
import { ScopesError } from '../support/errors.js'
import type { Scope } from './scope.js'

const pageSize = 100

/** Every live record of the principal. */
export async function recordsOf(scope: Scope, principal: string): Promise<RecordHead[]> {
  const { clock, space } = scope.environment
  const heads: RecordHead[] = []
  let cursor: string | undefined
  do {
    const page = await space.list({ now: clock.now(), limit: pageSize, principal, ...(cursor && { cursor }) })
    heads.push(...page.items)
    cursor = page.cursor
  } while (cursor)
  return heads
}

/** Before a login: throws LIMIT_REACHED where a further record of the principal is to be refused. */
export async function checkLimit(scope: Scope, principal: string, ownId: string | undefined): Promise<void> {
  const { limit } = scope.environment.config
  if (limit?.then !== 'refuse') return
  const others = (await recordsOf(scope, principal)).filter(({ id }) => id !== ownId)
  if (others.length >= limit.perPrincipal) throw limitReached(scope, principal)
}

/**
 * After a login has been saved, count again: of parallel logins, whoever saves last sees them all. Ends the oldest by
 * `principalSince`, or reports that this one is too many.
 */
export async function enforceLimit(scope: Scope, principal: string, ownId: string): Promise<'kept' | 'refused'> {
  const { limit } = scope.environment.config
  if (!limit) return 'kept'
  const records = await recordsOf(scope, principal)
  const excess = records.length - limit.perPrincipal
  if (excess <= 0) return 'kept'
  if (limit.then === 'refuse') return 'refused'
  const oldest = records.filter(({ id }) => id !== ownId).sort(bySince)
  for (const { id } of oldest.slice(0, excess)) await endRecord(scope, id, 'evicted')
  return 'kept'
}

export const limitReached = ({ kind, environment }: Scope, principal: string) =>
  new ScopesError('LIMIT_REACHED', { scope: kind, principal, limit: environment.config.limit?.perPrincipal ?? 0 })

/** Ends a live record for this reason; false when there is none. */
export async function endRecord(scope: Scope, id: string, ending: 'evicted' | 'ended'): Promise<boolean> {
  const { clock, newVersion, space } = scope.environment
  const result = await space.save({ mode: 'update', id, version: newVersion(), ending }, { now: clock.now() })
  if (result.status !== 'saved') return false
  scope.ended(id)
  return true
}

const bySince = (a: RecordHead, b: RecordHead) =>
  (a.principalSince ?? 0) - (b.principalSince ?? 0) || (a.id < b.id ? -1 : 1)
