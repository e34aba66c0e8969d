// By its default export, because Node 18 lacks `hash` and would stop at a named import, before the sentence about its version.
import crypto from 'node:crypto'
import { randomText } from './random.js'

/** A visitor's proof that a record is theirs: the record's id and its secret; for a sealed record the secret is the sealed text. */
export interface Credential {
  readonly id: string
  readonly secret: string
}

const idBytes = 16
const secretBytes = 18
const form = /^[\w-]{22}\.[\w-]{24}$/
const idLength = 22
/** The length of a credential in the form that a cookie carries. */
export const credentialLength = 47

/** A new id (128 bits, no secret) with a new secret (144 bits). */
export const newCredential = (): Credential => ({ id: randomText(idBytes), secret: newSecret() })

export const newSecret = (): string => randomText(secretBytes)

/** The form a cookie carries: `<cfid>.<cftoken>`. */
export const formatCredential = ({ id, secret }: Credential): string => `${id}.${secret}`

/** Reads a cookie's value; undefined if it cannot have been issued by this package. */
export function parseCredential(text: string): Credential | undefined {
  return form.test(text) ? { id: text.slice(0, idLength), secret: text.slice(idLength + 1) } : undefined
}

/** The digest of a secret. Stores hold only this, so reading a store gives no valid cookie. */
export const sealOf = (secret: string): string => crypto.hash('sha256', secret, 'base64url')

/** Whether two seals are equal, compared in constant time if they have the same length. */
export function sameSeal(a: string, b: string): boolean {
  return a.length === b.length && crypto.timingSafeEqual(Buffer.from(a), Buffer.from(b))
}
