import type { IncomingMessage } from 'node:http'
import { type Credential, parseCredential } from '../scopes/record/credential.js'

/** The most cookies of one name that are tried: a browser may send several, of other paths or domains. */
const mostCandidates = 3

/**
 * The credentials that a request presents under a cookie name, in the order of the header. Malformed and repeated ones
 * are left out, so that they cost no store access.
 */
export function presentedCookies(request: IncomingMessage, cookieName: string): readonly Credential[] {
  const header = request.headers.cookie
  if (!header?.includes(cookieName)) return none
  const values = valuesIn(header, cookieName)
  if (values.length < 2) return credentialsOf(values)
  return credentialsOf([...new Set(values)]).slice(0, mostCandidates)
}

const none: readonly Credential[] = []

function valuesIn(header: string, cookieName: string): string[] {
  const values: string[] = []
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=')
    if (equals > 0 && pair.slice(0, equals).trim() === cookieName) values.push(unquoted(pair.slice(equals + 1).trim()))
  }
  return values
}

function credentialsOf(values: readonly string[]): readonly Credential[] {
  const credentials: Credential[] = []
  for (const value of values) {
    const credential = parseCredential(value)
    if (credential) credentials.push(credential)
  }
  return credentials
}

const unquoted = (value: string) => (value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value)
