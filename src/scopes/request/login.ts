import { ScopesError } from '../../errors/scopes-error.js'
import type { Logger } from '../../support/logger.js'
import { nothing } from '../attributes/delta.js'
import type { HeadChange } from '../record/open-record.js'
import { checkFlag, checkPrincipal } from './arguments.js'
import { descriptionText } from './description.js'
import { checkLimit, enforceLimit, limitReached } from './limit.js'
import { changeLifeForLogin } from './login-life.js'
import type { RequestScope } from './request-scope.js'
import { rotate, type UndoRotation } from './rotation.js'

export interface LoginOptions {
  /** The visitor asked to be remembered: the session lives as `remember` says in the configuration, and its cookie outlives the browser. Default: false. */
  readonly remember?: boolean
}

/**
 * Gives a request's record to a user, with a new secret. A login that the limit refuses leaves nothing: neither what was
 * changed before it, nor a credential. Throws TypeError, REMEMBER_UNSUPPORTED, LIMIT_REACHED, SCOPE_CONFLICT, SCOPE_SUPERSEDED, SCOPE_LOST.
 */
export async function login(
  request: RequestScope,
  principal: string,
  { remember = false }: LoginOptions,
): Promise<void> {
  checkPrincipal(principal)
  checkFlag('remember', remember)
  request.visitor.assertCanIssue('login()')
  const { kind: scope, environment } = request.scope
  const change = { principal, ...descriptionOf(request) }
  const takeBack = changeLifeForLogin(request, remember)
  if (environment.settings.limit?.then === 'refuse') return loginIfAllowed(request, change)
  const { id } = request.writable('login()')
  try {
    await rotate(request, change)
  } catch (error) {
    takeBack?.()
    throw error
  }
  if ((await enforceLimit(request.scope, principal, id)) === 'evicted')
    throw new ScopesError('SCOPE_LOST', { scope, id })
  request.scope.loggedIn(id, principal)
}

type LoginChange = { readonly principal: string } & Pick<HeadChange, 'description'>

/**
 * What the application says of this login. Nothing outside of requests, where the description stays as it is, and nothing for a
 * sealed record, which is in no list.
 */
function descriptionOf({ describe, scope }: RequestScope): Pick<HeadChange, 'description'> {
  return describe && !scope.strategy.sealed ? { description: descriptionText(describe()) } : {}
}

/**
 * Takes a place among the principal's records before it saves any attribute, so that a refusal can be undone. If the store
 * fails then, the login is undone too; where even that fails, it stands, so that the visitor gets the cookie of what is stored.
 */
async function loginIfAllowed(request: RequestScope, change: LoginChange): Promise<void> {
  const { principal } = change
  const { scope } = request
  const { id: presentId, stored = false } = request.record ?? {}
  let stands = false
  try {
    request.prepare()
    await checkLimit(scope, principal, presentId)
    const { id } = request.writable('login()')
    const undo = await rotate(request, change, nothing)
    try {
      if ((await enforceLimit(scope, principal, id)) !== 'kept') throw limitReached(scope, principal)
    } catch (error) {
      stands = !(await isUndone(undo, scope.environment.log))
      throw error
    }
  } catch (error) {
    request.discard()
    if (!stored && !stands) request.forsake()
    throw error
  }
  if ((await request.commit()) === 'missing')
    throw new ScopesError('SCOPE_LOST', { scope: scope.kind, id: presentId ?? '' })
  scope.loggedIn(request.record?.id ?? '', principal)
}

async function isUndone(undo: UndoRotation, log: Logger): Promise<boolean> {
  try {
    await undo()
    return true
  } catch (error) {
    log.warn({ err: error }, 'a login that failed could not be undone, and stands')
    return false
  }
}
