import type { Attributes } from '@opentelemetry/api'
import type { Messages, Operation } from '../diagnostics/channels.js'
import { isScopesError } from '../errors/scopes-error.js'

/*
 * Attributes of spans and metrics: `db.*` and `error.type` as the semantic conventions have them, all others begin with
 * `koa_scopes.`. None holds a secret, a principal or a value. Those of metrics have few values; an id is only on spans.
 */

type Message<Name extends keyof Messages> = Messages[Name]

/** The names of the semantic conventions, where they differ from those of the drivers. */
const systems: Readonly<Record<string, string>> = { postgres: 'postgresql' }

export const storeAttributes = ({ cache, driver, operation, space }: Message<'store'>): Attributes => ({
  'db.system.name': systems[driver] ?? driver,
  'db.namespace': cache,
  ...(space !== undefined && { 'db.collection.name': space }),
  'db.operation.name': operation,
})

const scopeAttributes = ({ application, scope }: Message<'load' | 'commit' | 'end'>): Attributes => ({
  'koa_scopes.application': application,
  'koa_scopes.scope': scope,
})

export const wayAttributes = (message: Message<'load' | 'commit'>): Attributes => ({
  ...scopeAttributes(message),
  'koa_scopes.mode': message.mode,
})

export const endAttributes = (end: Message<'end'>): Attributes => ({
  ...scopeAttributes(end),
  'koa_scopes.reason': end.reason,
})

/** Known when the operation is done. */
export const resultAttributes = ({ outcome, error }: Operation & { readonly outcome?: string }): Attributes => ({
  ...(outcome !== undefined && { 'koa_scopes.outcome': outcome }),
  ...(error !== undefined && { 'error.type': errorType(error) }),
})

/** The code of an error of this package, else the name of its class. */
function errorType(error: unknown): string {
  if (isScopesError(error)) return error.code
  return error instanceof Error ? error.name : '_OTHER'
}
