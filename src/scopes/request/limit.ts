import { setTimeout } from 'node:timers/promises'
import { ScopesError } from '../../errors/scopes-error.js'
import type { RecordHead, Version } from '../../storage/contract.js'
import { pagesOf } from '../../storage/pages.js'
import type { Scope } from '../scope.js'

const pageSize = 100

/** Every live record of the principal. */
export async function recordsOf(scope: Scope, principal: string): Promise<RecordHead[]> {
  const { clock, space } = scope.storedFor('find()')
  const heads: RecordHead[] = []
  const ask = (from: { readonly cursor?: string }) =>
    space.list({ now: clock.now(), limit: pageSize, principal, ...from })
  for await (const { items } of pagesOf(ask)) heads.push(...items)
  return heads
}

/** Called before a login. Throws LIMIT_REACHED if `limit.then` is `refuse` and no further record of the principal is allowed. */
export async function checkLimit(scope: Scope, principal: string, ownId: string | undefined): Promise<void> {
  const { limit } = scope.environment.settings
  if (limit?.then !== 'refuse') return
  const others = (await recordsOf(scope, principal)).filter(({ id }) => id !== ownId)
  if (others.length >= limit.perPrincipal) throw limitReached(scope, principal)
}

/** The limit's decision on a saved login. `evicted`: a later login has taken its place already. */
export type LimitVerdict = 'kept' | 'refused' | 'evicted'

/**
 * Counts the records again after a login has been saved: the last of several parallel logins sees all of them. All logins
 * use the same order, `principalSince`: the earliest records are ended (`endOldest`), or the latest logins refused (`refuse`).
 */
export async function enforceLimit(scope: Scope, principal: string, ownId: string): Promise<LimitVerdict> {
  const { limit } = scope.environment.settings
  if (!limit) return 'kept'
  const records = async () => (await recordsOf(scope, principal)).sort(bySince)
  if (limit.then === 'refuse') return giveWay(records, limit.perPrincipal, ownId)
  const all = await records()
  const oldest = all.slice(0, Math.max(0, all.length - limit.perPrincipal))
  for (const { id } of oldest) await endRecord(scope, id, 'evicted')
  return oldest.some(({ id }) => id === ownId) ? 'evicted' : 'kept'
}

/** How often an earlier login checks whether the later ones have given way: for about 200 ms of real time, independent of the clock. */
const mostLooks = 20

/** Waits until later logins have given way. One that checked before this login was saved does not; then this login is refused. */
async function giveWay(records: () => Promise<RecordHead[]>, places: number, ownId: string): Promise<LimitVerdict> {
  for (let look = 0; look < mostLooks; look += 1) {
    const all = await records()
    if (all.length <= places) return 'kept'
    if (all.findIndex(({ id }) => id === ownId) >= places) return 'refused'
    await setTimeout(look)
  }
  return 'refused'
}

export const limitReached = ({ kind, environment }: Scope, principal: string) =>
  new ScopesError('LIMIT_REACHED', { scope: kind, principal, limit: environment.settings.limit?.perPrincipal ?? 0 })

/** Ends a live record for this reason, and only if it is this principal's, if one is given. False if there is none. */
export async function endRecord(
  scope: Scope,
  id: string,
  ending: 'evicted' | 'ended',
  principal?: string,
): Promise<boolean> {
  const { clock, newVersion, space } = scope.storedFor('end()')
  await scope.strategy.backlog?.saveOwed(id)
  for (;;) {
    const ifVersion = principal === undefined ? undefined : await versionOf(scope, id, principal)
    if (principal !== undefined && ifVersion === undefined) return false
    const change = { mode: 'update', id, version: newVersion(), ending, ...(ifVersion && { ifVersion }) } as const
    const { status } = await space.save(change, { now: clock.now() })
    if (status === 'conflict') continue
    if (status === 'saved') scope.upkeep?.ended(id)
    return status === 'saved'
  }
}

/** The version of a record that belongs to this principal; undefined if it does not, or has ended. */
async function versionOf(scope: Scope, id: string, principal: string): Promise<Version | undefined> {
  const { clock, space } = scope.storedFor('end()')
  const result = await space.load(id, { now: clock.now() })
  return result.status === 'loaded' && result.record.principal === principal ? result.record.version : undefined
}

const since = ({ principalSince }: RecordHead) => principalSince ?? 0
const bySince = (a: RecordHead, b: RecordHead) => since(a) - since(b) || (a.id < b.id ? -1 : 1)
