import { createCipheriv, createDecipheriv, type KeyObject, randomFillSync } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { keyIdBytes, recordKey, type SealingKey, sealingKey } from './sealing-key.js'

/*
 * A sealed text is base64url of: format (1 byte), key id (4), record id (16), nonce (12), what AES-256-GCM made of the content,
 * tag (16). The associated data are the application, the scope, the cookie's name and the first 21 bytes, so that a text opens
 * in no other place. The record id is no secret, and the salt from which the record's own key is derived.
 */

const algorithm = 'aes-256-gcm'
const format = 1
const idBytes = 16
const nonceBytes = 12
const tagBytes = 16
const tagLength = { authTagLength: tagBytes }
const nonceStart = 1 + keyIdBytes + idBytes
const headerBytes = nonceStart + nonceBytes
const overheadBytes = headerBytes + tagBytes

/** The length of a sealed text with this much content. */
export const sealedLength = (contentBytes: number): number => Math.ceil(((overheadBytes + contentBytes) * 4) / 3)

const lettersBefore = (bytes: number) => (bytes * 4) / 3

/** The id of the record that a text says it holds. Whether it does is known when it is opened. */
export const idIn = (text: string): string =>
  idOf(Buffer.from(text.slice(0, lettersBefore(nonceStart)), 'base64url')).toString('base64url')

/** The part of a text that no other sealing shares: its nonce. Chunks of one text are told from those of another by it. */
export const batchMarkOf = (text: string): string => text.slice(lettersBefore(nonceStart), lettersBefore(headerBytes))

/** More than two cookies can carry. A longer text is not even decoded. */
const longestText = 8_192

/** How many derived keys are kept. */
const mostDerived = 10_000

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
  readonly #keys: readonly SealingKey[]
  readonly #current: SealingKey
  readonly #place: Buffer
  readonly #derived = new LRUCache<string, KeyObject>({ max: mostDerived })

  /** The first key seals, each opens. */
  constructor(keys: readonly string[], { application, scope, cookie }: Place) {
    this.#keys = keys.map(sealingKey)
    const [current] = this.#keys
    if (!current) throw new TypeError('Sealing needs a key')
    this.#current = current
    this.#place = Buffer.from([application, scope, cookie].join('\0'))
  }

  seal(id: string, content: Uint8Array): string {
    const sealed = Buffer.allocUnsafe(overheadBytes + content.byteLength)
    const nonce = sealed.subarray(nonceStart, headerBytes)
    sealed[0] = format
    sealed.set(this.#current.id, 1)
    sealed.set(Buffer.from(id, 'base64url'), 1 + keyIdBytes)
    randomFillSync(nonce)
    const cipher = createCipheriv(algorithm, this.#keyFor(this.#current, sealed), nonce, tagLength)
    cipher.setAAD(this.#bound(sealed))
    sealed.set(cipher.update(content), headerBytes)
    cipher.final()
    sealed.set(cipher.getAuthTag(), sealed.byteLength - tagBytes)
    return sealed.toString('base64url')
  }

  /** undefined for what was not sealed here, by these keys and for this place, to the letter. */
  open(text: string): Unsealed | undefined {
    if (text.length > longestText) return undefined
    const sealed = Buffer.from(text, 'base64url')
    if (sealed.byteLength < overheadBytes || sealed[0] !== format || sealed.toString('base64url') !== text)
      return undefined
    for (const key of this.#keys) {
      if (sealed.compare(key.id, 0, keyIdBytes, 1, 1 + keyIdBytes) !== 0) continue
      const content = this.#opened(key, sealed)
      if (content) return { id: idOf(sealed).toString('base64url'), content, isCurrent: key === this.#current }
    }
    return undefined
  }

  #opened(key: SealingKey, sealed: Buffer): Buffer | undefined {
    const name = nameOf(sealed)
    const known = this.#derived.get(name)
    const derived = known ?? recordKey(key, idOf(sealed))
    const decipher = createDecipheriv(algorithm, derived, sealed.subarray(nonceStart, headerBytes), tagLength)
    decipher.setAAD(this.#bound(sealed))
    decipher.setAuthTag(sealed.subarray(sealed.byteLength - tagBytes))
    const content = decipher.update(sealed.subarray(headerBytes, sealed.byteLength - tagBytes))
    try {
      decipher.final()
    } catch {
      return undefined // the tag does not fit: it was changed, or sealed for another place
    }
    if (!known) this.#derived.set(name, derived) // only now, so that strangers push out no key that is in use
    return content
  }

  #keyFor(key: SealingKey, sealed: Buffer): KeyObject {
    const name = nameOf(sealed)
    const known = this.#derived.get(name)
    if (known) return known
    const derived = recordKey(key, idOf(sealed))
    this.#derived.set(name, derived)
    return derived
  }

  #bound(sealed: Buffer): Buffer {
    return Buffer.concat([sealed.subarray(0, nonceStart), this.#place])
  }
}

const idOf = (sealed: Buffer): Buffer => sealed.subarray(1 + keyIdBytes, nonceStart)

/** Names a derived key: key id and record id. */
const nameOf = (sealed: Buffer): string => sealed.toString('latin1', 1, nonceStart)
