import { Keyring, nonceBytes, overheadOf, shownStart } from '../../codec/sealing/keyring.js'

/*
 * A sealed text is base64url of what a Keyring has sealed. It shows the record id (16 bytes), which is no secret, and is bound
 * to the application, the scope and the cookie's name.
 */

const idBytes = 16
const nonceStart = shownStart + idBytes
const format = { tag: 1, name: 'koa-scopes sealed 1', shownBytes: idBytes }
const overheadBytes = overheadOf(format)

/** The length of a sealed text with this much content. */
export const sealedLength = (contentBytes: number): number => Math.ceil(((overheadBytes + contentBytes) * 4) / 3)

const lettersBefore = (bytes: number) => (bytes * 4) / 3

/** The id of the record that a text says it holds. Whether it does is known when it is opened. */
export const idIn = (text: string): string => idOf(Buffer.from(text.slice(0, lettersBefore(nonceStart)), 'base64url'))

/** The part of a text that no other sealing shares: its nonce. Chunks of one text are told from those of another by it. */
export const batchMarkOf = (text: string): string =>
  text.slice(lettersBefore(nonceStart), lettersBefore(nonceStart + nonceBytes))

/** More than two cookies can carry. A longer text is not even decoded. */
const longestText = 8_192

/** What a text is bound to: sealed for one place, it does not open in another. */
export interface Place {
  readonly application: string
  readonly scope: string
  readonly cookie: string
}

export interface Unsealed {
  readonly id: string
  readonly content: Buffer
  /** Sealed with the key that seals now, and not with an older one. */
  readonly isCurrent: boolean
}

/** Seals the content of records into text for their visitors, and opens what it has sealed. */
export class Sealer {
  readonly #keyring: Keyring
  readonly #place: string

  /** The first key seals, each opens. */
  constructor(keys: readonly string[], { application, scope, cookie }: Place) {
    this.#keyring = new Keyring(keys, format)
    this.#place = [application, scope, cookie].join('\0')
  }

  seal(id: string, content: Uint8Array): string {
    const binding = { record: id, place: this.#place }
    return this.#keyring.seal(binding, content, Buffer.from(id, 'base64url')).toString('base64url')
  }

  /** undefined for what was not sealed here, by these keys and for this place, to the letter. */
  open(text: string): Unsealed | undefined {
    if (text.length > longestText) return undefined
    const sealed = Buffer.from(text, 'base64url')
    if (sealed.toString('base64url') !== text) return undefined
    const id = idOf(sealed)
    const opened = this.#keyring.open({ record: id, place: this.#place }, sealed)
    return typeof opened === 'string' ? undefined : { id, ...opened }
  }
}

const idOf = (sealed: Buffer): string => sealed.toString('base64url', shownStart, nonceStart)
