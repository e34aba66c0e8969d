import type { ScopeBasics } from '../environment.js'

/** Cursors as programs get them: of this scope, so that one of another scope, or a text made up, is refused. */
const prefixOf = ({ application, kind }: ScopeBasics): string => `${application}:${kind}:`

export const writtenCursor = (environment: ScopeBasics, cursor: string): string =>
  Buffer.from(prefixOf(environment) + cursor).toString('base64url')

/** The driver's own. Throws TypeError. */
export function readCursor(environment: ScopeBasics, written: unknown): string {
  const text = typeof written === 'string' ? Buffer.from(written, 'base64url').toString() : ''
  const prefix = prefixOf(environment)
  if (!text.startsWith(prefix)) throw new TypeError('A cursor is what the page before gave, of the same scope')
  return text.slice(prefix.length)
}
