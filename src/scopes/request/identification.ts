import { channels, type Load } from '../../diagnostics/channels.js'
import { isOutage } from '../../storage/guard/availability.js'
import { type Credential, sealOf } from '../record/credential.js'
import type { OpenResult } from '../record/strategy.js'
import { loadFailed, publishedLoad } from './published.js'
import type { RequestScope } from './request-scope.js'

/**
 * Opens the record of the first of the presented credentials that the store confirms; undefined if nothing has to be waited for.
 * If the store is unavailable, the first use of the scope throws that, and a page that needs no scope is served. Rejects with
 * every other error.
 */
export function identify(request: RequestScope, credentials: readonly Credential[]): Promise<void> | undefined {
  if (channels.load.hasSubscribers)
    return publishedLoad(request.scope, (load) => takeHeldOrAsk(request, credentials, load))
  return takeHeldOrAsk(request, credentials)
}

/** `load`: the message of this load, if it is published. */
function takeHeldOrAsk(request: RequestScope, credentials: readonly Credential[], load?: Load) {
  const [first] = credentials
  if (!first || !takeHeld(request, first)) return ask(request, credentials, load)
  if (load) load.outcome = 'held'
  return undefined
}

async function ask(request: RequestScope, credentials: readonly Credential[], load?: Load): Promise<void> {
  const { scope, state } = request
  try {
    for (const credential of credentials) {
      const seal = scope.strategy.sealed ? credential.secret : sealOf(credential.secret)
      const result = await scope.strategy.open(credential.id, seal)
      if (load) load.outcome = result.status
      if (take(request, credential, seal, result)) return
    }
  } catch (error) {
    state.failed(error)
    if (load) loadFailed(load, error)
    if (!isOutage(error)) throw error
  }
}

/** Takes the record if it is held in this node's memory, and nothing has to be asked about it. */
function takeHeld(request: RequestScope, credential: Credential): boolean {
  const { strategy } = request.scope
  if (!strategy.openHeld) return false
  const seal = sealOf(credential.secret)
  const record = strategy.openHeld(credential.id, seal)
  return record !== undefined && take(request, credential, seal, { status: 'opened', record })
}

/** Takes the result of a load. False if the credential opens no record. */
function take(request: RequestScope, credential: Credential, seal: string, result: OpenResult): boolean {
  const { scope, state, visitor } = request
  if (scope.refusals.answered(credential.id, seal, result)) state.become('superseded')
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
