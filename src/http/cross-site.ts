import type { IncomingMessage } from 'node:http'

/**
 * Where a request comes from, as far as the browser says it: a page of the same origin (or the visitor himself, by the
 * address bar), another origin, or not known.
 */
export type Provenance = 'same origin' | 'another origin' | 'unknown'

/** Sec-Fetch-Site decides, which browsers send over TLS; else Origin, compared with `host`. */
export function provenanceOf({ headers }: IncomingMessage, host: string): Provenance {
  const site = headers['sec-fetch-site']
  if (typeof site === 'string') return site === 'same-origin' || site === 'none' ? 'same origin' : 'another origin'
  const { origin } = headers
  // "null" is also what a page of the same origin sends, if it has the policy no-referrer.
  if (origin === undefined || origin === 'null') return 'unknown'
  return hostOf(origin) === host.toLowerCase() ? 'same origin' : 'another origin'
}

/** The host and port of an origin; undefined if it is none. */
const hostOf = (origin: string): string | undefined => (URL.canParse(origin) ? new URL(origin).host : undefined)
