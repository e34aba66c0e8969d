import { ScopesError } from '../../errors/scopes-error.js'
import type { ListQuery, RecordChange } from '../contract.js'

const longestKey = 1_024
const longestPrincipal = 4_096
const longestDescription = 1_024
const longestToken = 128
/** The most bytes that a UTF-16 unit takes in UTF-8. */
const mostBytesPerUnit = 3
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters but NUL are ASCII too
const token = /^[\x01-\x7f]*$/

/* Checks of the lengths that the contract allows, so that drivers need none. Each throws KEY_NOT_STORABLE. */
export const checkId = (id: string): void => checkText('id', id, longestKey)
/** Whether a record can have this id, or a principal; if not, a store need not be asked for it. */
export const isPossibleId = (id: string): boolean => id !== '' && faultOf(id, longestKey) === undefined
export const isPossiblePrincipal = (principal: string): boolean =>
  principal !== '' && faultOf(principal, longestPrincipal) === undefined
export const checkSpaceName = (name: string): void => checkText('space name', name, longestKey)
export const checkObjectKey = (key: string): void => checkText('key', key, longestKey)

export function checkChange(change: RecordChange): void {
  checkId(change.id)
  checkToken('version', change.version)
  if (typeof change.principal === 'string') checkPrincipal(change.principal)
  if (typeof change.description === 'string') checkDescription(change.description)
  if (change.mode === 'create') {
    checkToken('seal', change.seal)
    if (change.replaced !== undefined) checkToken('note on replaced seals', change.replaced)
  } else if (change.reseal) {
    checkToken('seal', change.reseal.to)
    checkToken('note on replaced seals', change.reseal.replaced)
  }
}

export function checkQuery({ principal }: ListQuery): void {
  if (principal !== undefined) checkPrincipal(principal)
}

export function checkLock(id: string, options: { readonly token: string }): void {
  checkId(id)
  checkToken('token', options.token)
}

const checkPrincipal = (principal: string): void => checkText('principal', principal, longestPrincipal)

function checkDescription(description: string): void {
  checkText('description', description, longestDescription)
  if (description.includes('\0')) throw refusal('description', description, 'there is a NUL in it')
}

function checkText(what: string, text: string, longest: number): void {
  const fault = faultOf(text, longest)
  if (fault !== undefined) throw refusal(what, text, fault)
}

function faultOf(text: string, longest: number): string | undefined {
  if (text.length * mostBytesPerUnit > longest && Buffer.byteLength(text) > longest)
    return `it is ${Buffer.byteLength(text)} bytes long in UTF-8, more than ${longest}`
  return text.isWellFormed() ? undefined : 'half of a surrogate pair stands alone in it'
}

function checkToken(what: string, text: string): void {
  if (text.length > longestToken)
    throw refusal(what, text, `it is ${text.length} characters long, more than ${longestToken}`)
  if (!token.test(text)) throw refusal(what, text, 'it is not ASCII without NUL')
}

/** Ids, keys and names are shown. Principals, descriptions and seals are not, because messages of channels have the error. */
const shown: ReadonlySet<string> = new Set(['id', 'key', 'space name'])

const refusal = (what: string, text: string, reason: string) =>
  new ScopesError('KEY_NOT_STORABLE', { what, ...(shown.has(what) && { text: start(text) }), reason })

const start = (text: string): string => `${text.toWellFormed().slice(0, 40)}${text.length > 40 ? '…' : ''}`
