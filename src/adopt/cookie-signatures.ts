import { createHmac, timingSafeEqual } from 'node:crypto'

/** Texts, the newest first; or a `Keygrip`, for keys with another algorithm than its default. */
export type Keys = readonly string[] | { verify(data: string, signature: string): boolean }

/** Throws TypeError, above all for an empty key: with one, everybody could sign. */
export function checkKeys(what: string, keys: readonly unknown[]): asserts keys is readonly string[] {
  if (keys.length === 0 || keys.some((key) => typeof key !== 'string' || key === ''))
    throw new TypeError(`${what} is one text or several, none of them empty: those of the earlier program`)
}

/** Whether one of the keys has signed this text as the package cookies does, by keygrip: HMAC-SHA1 in base64url. */
export function isSignedByKeygrip(keys: Keys, data: string, signature: string): boolean {
  if (!isTexts(keys)) return keys.verify(data, signature)
  return keys.some((key) => isSame(createHmac('sha1', key).update(data).digest('base64url'), signature))
}

/** The text that one of the secrets has signed as the package cookie-signature does: a dot and HMAC-SHA256 in base64 behind it. */
export function unsigned(secrets: readonly string[], signed: string): string | undefined {
  const dot = signed.lastIndexOf('.')
  if (dot < 1) return undefined
  const [text, signature] = [signed.slice(0, dot), signed.slice(dot + 1)]
  const isSigned = (secret: string) =>
    isSame(createHmac('sha256', secret).update(text).digest('base64').replace(/=+$/, ''), signature)
  return secrets.some(isSigned) ? text : undefined
}

export const isTexts = (keys: Keys): keys is readonly string[] => Array.isArray(keys)

/** In constant time if the lengths are the same. */
function isSame(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)]
  return a.length === b.length && timingSafeEqual(a, b)
}
