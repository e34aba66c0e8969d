import { isScopesError, reasonOf } from '../../errors/scopes-error.js'
import { PacedWarnings } from '../../support/paced-warnings.js'
import type { ScopeBasics } from '../environment.js'

const pacings = new WeakMap<ScopeBasics, PacedWarnings>()

/**
 * Logs that an attribute of a record cannot be decoded: once a minute for each name of an attribute, because after a class or a key
 * has gone each record of a site has one. No stack: it would say where the value was read, and not what is wrong with it.
 */
export function logUndecodable(environment: ScopeBasics, id: string, attribute: string, error: unknown): void {
  const { clock, kind: scope, log } = environment
  const warnings = pacings.get(environment) ?? new PacedWarnings(clock)
  pacings.set(environment, warnings)
  const before = warnings.before(attribute)
  const fields = { scope, id, attribute, ...(isScopesError(error) && { code: error.code }), reason: reasonOf(error) }
  if (before === undefined) log.debug(fields, 'an attribute cannot be decoded')
  else log.warn({ ...fields, before }, 'an attribute cannot be decoded')
}
