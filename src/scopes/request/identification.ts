import { isOutage } from '../../storage/guard/availability.js'
import { type Credential, sealOf } from '../record/credential.js'
import type { OpenResult } from '../record/strategy.js'
import type { RequestScope } from './request-scope.js'

/**
 * Opens the record of the first of the presented credentials that the store confirms. If the store is unavailable, the first
 * use of the scope throws that, and a page that needs no scope is served. Throws every other error.
 */
export async function identify(request: RequestScope, credentials: readonly Credential[]): Promise<void> {
  const { scope, state } = request
  try {
    for (const credential of credentials) {
      const seal = scope.strategy.sealed ? credential.secret : sealOf(credential.secret)
      const result = await scope.strategy.open(credential.id, seal)
      if (take(request, credential, seal, result)) return
    }
  } catch (error) {
    state.failed(error)
    if (!isOutage(error)) throw error
  }
}

/** Takes the result of a load. False if the credential opens no record. */
function take(request: RequestScope, credential: Credential, seal: string, result: OpenResult): boolean {
  const { scope, state, visitor } = request
  if (scope.presented(credential.id, seal, result) === 'superseded') state.become('superseded')
  if (result.status !== 'opened') return false
  state.become('open')
  visitor.present(credential)
  if (result.credential) visitor.issue(result.credential)
  request.begin(result.record)
  if (result.credential) scope.started(result.credential.id)
  // Not the record's, which another request of this node may have replaced since the store confirmed this one.
  else visitor.seal = seal
  return true
}
