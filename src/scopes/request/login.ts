import { ScopesError } from '../../errors/scopes-error.js'
import { nothing } from '../attributes/delta.js'
import { checkPrincipal } from './arguments.js'
import { checkLimit, enforceLimit, limitReached } from './limit.js'
import type { RequestScope } from './request-scope.js'
import { rotate } from './rotation.js'

/**
 * Gives a request's record to a user, with a new secret. A login that the limit refuses leaves nothing: neither what was
 * changed before it, nor a credential. Throws TypeError, LIMIT_REACHED, SCOPE_CONFLICT, SCOPE_SUPERSEDED, SCOPE_LOST.
 */
export async function login(request: RequestScope, principal: string): Promise<void> {
  checkPrincipal(principal)
  const { kind: scope, environment } = request.scope
  if (environment.settings.limit?.then === 'refuse') return loginIfAllowed(request, principal)
  const { id } = request.writable('login()')
  await rotate(request, { principal })
  if ((await enforceLimit(request.scope, principal, id)) === 'evicted')
    throw new ScopesError('SCOPE_LOST', { scope, id })
}

/** Takes a place among the principal's records before it saves any attribute, so that a refusal can be undone. */
async function loginIfAllowed(request: RequestScope, principal: string): Promise<void> {
  const { scope } = request
  const { id: presentId, head, stored = false } = request.record ?? {}
  try {
    request.prepare()
    await checkLimit(scope, principal, presentId)
    const { id } = request.writable('login()')
    const undo = await rotate(request, { principal }, nothing)
    if ((await enforceLimit(scope, principal, id)) !== 'kept') {
      if (stored) await undo({ principal: head?.principal ?? null })
      else await request.commitWith({ principal: null, dropIfEmpty: true }, nothing)
      throw limitReached(scope, principal)
    }
  } catch (error) {
    request.discard()
    if (!stored) request.forsake()
    throw error
  }
  if ((await request.commit()) === 'missing')
    throw new ScopesError('SCOPE_LOST', { scope: scope.kind, id: presentId ?? '' })
}
