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
 * After a login has been saved, counts again: of parallel logins, whoever saves last sees them all. All judge by the same
 * order, `principalSince`, so that the later one ends the earlier, or is refused, and they never end or refuse each other.
 */
export async function enforceLimit(scope: Scope, principal: string, ownId: string): Promise<'kept' | 'refused'> {
  const { limit } = scope.environment.config
  if (!limit) return 'kept'
  const records = await recordsOf(scope, principal)
  const own = records.find(({ id }) => id === ownId)
  if (!own) return 'kept'
  const earlier = records.filter((record) => record !== own && since(record) <= since(own)).sort(bySince)
  if (limit.then === 'refuse') return earlier.length < limit.perPrincipal ? 'kept' : 'refused'
  const excess = Math.max(0, records.length - limit.perPrincipal)
  for (const { id } of earlier.slice(0, excess)) await endRecord(scope, id, 'evicted')
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

const since = ({ principalSince }: RecordHead) => principalSince ?? 0
const bySince = (a: RecordHead, b: RecordHead) => since(a) - since(b) || (a.id < b.id ? -1 : 1)
