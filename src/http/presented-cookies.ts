import type { IncomingMessage } from 'node:http'
import { type Credential, credentialLength, parseCredential } from '../scopes/record/credential.js'

/**
 * The credentials that a request presents under a cookie name, in the order of the header. Malformed and repeated ones
 * are left out, so that they cost no store access. A browser may send several cookies of one name (other paths, other
 * domains): all are tried, up to what the header may hold.
 */
export function presentedCookies(request: IncomingMessage, cookieName: string): readonly Credential[] {
  const credentials: Credential[] = []
  for (const value of cookieValues(request, cookieName)) {
    const credential = parseCredential(withoutRoute(value))
    if (credential) credentials.push(credential)
  }
  return credentials
}

/** The different values that a request presents under a cookie name, in the order of the header. */
export function cookieValues(request: IncomingMessage, cookieName: string): readonly string[] {
  const header = request.headers.cookie
  if (!header?.includes(cookieName)) return none
  const values = valuesIn(header, cookieName)
  return values.length < 2 ? values : [...new Set(values)]
}

const none: readonly string[] = []

const route = /^\.[\w-]{1,64}$/

/** Cuts off the name of a node, which is there for load balancers, also if no route is configured any more. */
function withoutRoute(value: string): string {
  if (value.length <= credentialLength || !route.test(value.slice(credentialLength))) return value
  return value.slice(0, credentialLength)
}

/** In one pass that cuts out the values only: every request pays for it, and a header may hold many cookies. */
function valuesIn(header: string, cookieName: string): string[] {
  const values: string[] = []
  for (let start = 0, end = 0; start <= header.length; start = end + 1) {
    const semicolon = header.indexOf(';', start)
    end = semicolon < 0 ? header.length : semicolon
    const equals = header.indexOf('=', start)
    if (equals < 0) break
    if (equals < end && isName(cookieName, header, start, equals))
      values.push(unquoted(trimmed(header.slice(equals + 1, end))))
  }
  return values
}

/** Whether the text between two places is this name, with blanks around it. */
function isName(name: string, text: string, start: number, end: number): boolean {
  const first = afterBlanks(text, start, end)
  return beforeBlanks(text, first, end) - first === name.length && text.startsWith(name, first)
}

/** Of spaces and tabs: what else looks blank is part of a name, as for browsers. In linear time: a header may be all blanks. */
function trimmed(text: string): string {
  const first = afterBlanks(text, 0, text.length)
  return text.slice(first, beforeBlanks(text, first, text.length))
}

function afterBlanks(text: string, start: number, end: number): number {
  let first = start
  while (first < end && isBlank(text.charCodeAt(first))) first += 1
  return first
}

function beforeBlanks(text: string, start: number, end: number): number {
  let last = end
  while (last > start && isBlank(text.charCodeAt(last - 1))) last -= 1
  return last
}

const isBlank = (code: number) => code === 0x20 || code === 0x09

const unquoted = (value: string) => (value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value)
