import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { recentMarks } from '../record/replaced-seals.js'
import type { RequestScope } from './request-scope.js'

/*
 * Tokens that only a page of this application can know, for forms and scripts (CFML's CSRFGenerateToken and CSRFVerifyToken). A
 * token is derived from the record's seal, so that nothing is stored for it, and masked anew each time it is given out: a page
 * that is compressed with it tells nothing about it (BREACH).
 */

const macBytes = 16
const form = /^[\w-]{43}$/

/** A token for the record of this request, which is begun and stored if there is none. `key`: what the token is good for. */
export function csrfToken(request: RequestScope, key: string): string {
  const { id, seal } = request.keep('csrfToken()')
  request.visitor.isShown = true
  const mask = randomBytes(macBytes)
  return Buffer.concat([mask, masked(macOf(recentMarks(seal)[0], id, key), mask)]).toString('base64url')
}

/** Whether the token was made for this record and key, with its present secret or one replaced less than a minute ago. */
export function verifyCsrf(request: RequestScope, token: unknown, key: string): boolean {
  const { record, scope } = request
  if (!record || typeof token !== 'string' || !form.test(token)) return false
  const bytes = Buffer.from(token, 'base64url')
  if (bytes.toString('base64url') !== token) return false
  const mac = masked(bytes.subarray(macBytes), bytes.subarray(0, macBytes))
  const marks = recentMarks(record.seal, record.head.replaced, scope.environment.clock.now())
  return marks.some((mark) => timingSafeEqual(macOf(mark, record.id, key), mac))
}

const macOf = (mark: string, id: string, key: string): Buffer =>
  createHmac('sha256', mark).update(`csrf ${id} ${key}`).digest().subarray(0, macBytes)

const masked = (bytes: Uint8Array, mask: Uint8Array): Uint8Array => bytes.map((byte, n) => byte ^ (mask[n] ?? 0))
