import type { Credential } from '../record/credential.js'
import type { Scope } from '../scope.js'
import { checkFlag } from './arguments.js'
import { type LoginOptions, login } from './login.js'
import { RequestScope } from './request-scope.js'
import { scopeData } from './scope-data.js'

/** The content of a record to begin: its attributes, and the user to whom it belongs. */
export type Beginning = Readonly<Record<string, unknown>> & { readonly principal?: string }

/** A record that was begun, and the credential that opens it. `timeoutMs`: its idle timeout; null: never. */
export interface Begun {
  readonly credential: Credential
  readonly timeoutMs: number | null
}

/**
 * Begins and stores a record outside of requests, and logs its principal in, if there is one. No handler runs: they get the `ctx` of
 * a request. Throws TypeError, SCOPE_SEALED, CONTAINER_CLOSED, and what a login throws.
 */
export async function beginRecord(scope: Scope, content: Beginning, options: LoginOptions): Promise<Begun> {
  const { principal, ...attributes } = content
  const { remember = false } = options
  checkFlag('remember', remember)
  if (remember && principal === undefined) throw new TypeError('Only a record with a principal is remembered')
  const { inFlight } = scope.storedFor('begin()')
  inFlight.enter(`begin a ${scope.kind}`)
  const request = new RequestScope(scope)
  try {
    request.keep('begin()')
    Object.assign(scopeData(request), attributes)
    if (principal === undefined) await storeRecord(request)
    else await login(request, principal, options)
    return begunIn(request)
  } catch (error) {
    request.discard()
    throw error
  } finally {
    request.close()
    request.release()
    inFlight.leave()
  }
}

/** Commits a record that the request began. Resolves when the store has it, however backups are configured. Throws when it is unavailable. */
export async function storeRecord(request: RequestScope): Promise<void> {
  // A change of the head counts only if the store accepts it; this one changes nothing.
  await request.commitWith({ principal: null })
}

function begunIn({ issued }: RequestScope): Begun {
  if (issued.kind !== 'issued') throw new TypeError('A record that was begun has a credential')
  return issued
}
