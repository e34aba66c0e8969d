import { ScopesError } from '../../errors/scopes-error.js'

const maxBytes = 1024
/** The length up to which no check is needed: a UTF-16 unit takes at most 3 bytes in UTF-8. */
const surelyShort = maxBytes / 3

/** Whether `name` is well-formed Unicode of at most 1,024 bytes in UTF-8. */
export const isAttributeName = (name: string): boolean =>
  name.isWellFormed() && (name.length <= surelyShort || Buffer.byteLength(name) <= maxBytes)

/** Throws NAME_NOT_STORABLE unless `name` may name an attribute. */
export function checkAttributeName(scope: string, name: string): void {
  if (isAttributeName(name)) return
  if (!name.isWellFormed()) throw refusal(scope, name.toWellFormed(), 'half of a surrogate pair stands alone')
  throw refusal(scope, `${name.slice(0, 40)}…`, `the name is ${Buffer.byteLength(name)} bytes long`)
}

const refusal = (scope: string, name: string, reason: string) =>
  new ScopesError('NAME_NOT_STORABLE', { scope, name, reason })
