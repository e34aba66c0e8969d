import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** The secret that opens the admin page. Only its digest is kept, and compared in constant time. */
export class AccessToken {
  readonly #digest: Buffer

  constructor(token: string) {
    this.#digest = digestOf(token)
  }

  matches(given: string): boolean {
    return timingSafeEqual(digestOf(given), this.#digest)
  }
}

/** A text that cannot be guessed: 192 random bits. */
export const unguessable = (): string => randomBytes(24).toString('base64url')

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest()
