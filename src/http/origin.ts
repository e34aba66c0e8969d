import { inspect } from 'node:util'
import { ScopesError } from '../errors/scopes-error.js'

/** The part of a request that says which page made it, and where to. */
export interface Asked {
  readonly origin: string | undefined
  /** The header Sec-Fetch-Site. */
  readonly site: string | undefined
  /** With the port, as the visitor's browser knows it. */
  readonly host: string
  /** Whether the request came over TLS, as far as known. */
  readonly secure: boolean
}

export interface OriginRules {
  /** Further origins whose pages may open connections, as in `https://app.example.com`. */
  readonly origins: readonly string[]
  /** Whether a request without an Origin is refused. */
  readonly requireOrigin: boolean
}

/** The values of Sec-Fetch-Site with which a page of this origin, or the user, has asked. */
const ownSites = [undefined, 'same-origin', 'none']

/**
 * Refuses a request that a page of another origin made: browsers send cookies with it, and let that page read what comes
 * back on a web socket. Browsers name the origin with every web socket; without one it is a program, or a stream that a
 * page of this origin asked for, which newer browsers say in Sec-Fetch-Site. Throws ORIGIN_REFUSED.
 */
export function checkOrigin({ host, origin, secure, site }: Asked, { origins, requireOrigin }: OriginRules): void {
  const isAllowed =
    origin === undefined
      ? !requireOrigin && ownSites.includes(site)
      : origins.includes(origin) || isOwn(origin, host, secure)
  if (!isAllowed) throw new ScopesError('ORIGIN_REFUSED', { origin, host })
}

/** Behind a proxy that is not trusted, a request looks insecure, so its page may be on https. Never the other way round. */
function isOwn(origin: string, host: string, secure: boolean): boolean {
  const page = urlOf(origin)
  if (!page || !/^https?:$/.test(page.protocol) || (secure && page.protocol === 'http:')) return false
  return page.host === urlOf(`${page.protocol}//${host}`)?.host
}

/**
 * The origins that a program names, as browsers write them: in small letters. Throws TypeError for what can never be the
 * Origin of a request, such as a path, a wildcard or a slash at the end.
 */
export function originsIn(call: string, origins: unknown): readonly string[] {
  if (!Array.isArray(origins))
    throw new TypeError(`The origins of ${call} are an array, as in ['https://app.example.com']`)
  return origins.map((origin) => originIn(call, origin))
}

function originIn(call: string, text: unknown): string {
  const origin = typeof text === 'string' ? urlOf(text)?.origin : undefined
  if (typeof text === 'string' && origin === text.toLowerCase()) return origin
  throw new TypeError(
    `${typeof text === 'string' ? JSON.stringify(text) : inspect(text)} in the origins of ${call} is no origin; ${adviceOn(text, origin)}`,
  )
}

function adviceOn(text: unknown, origin: string | undefined): string {
  if (text === '*') return 'there is no wildcard: name each origin, as in https://app.example.com'
  const meant = origin ?? (typeof text === 'string' ? urlOf(`https://${text}`)?.origin : undefined)
  return `write it as in ${meant && meant !== 'null' ? meant : 'https://app.example.com'}`
}

const urlOf = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined)
