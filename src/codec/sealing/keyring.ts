import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto'
import { keyIdBytes, SealingKey } from './sealing-key.js'

/*
 * Sealed bytes: format (1 byte), key id (4), what the format shows of itself, nonce (12), what AES-256-GCM made of the content,
 * tag (16). The associated data are all before the nonce, and the place, so that nothing opens in another place.
 */

const algorithm = 'aes-256-gcm'
export const nonceBytes = 12
const tagBytes = 16
const tagLength = { authTagLength: tagBytes }
/** Where the bytes begin that a format shows. */
export const shownStart = 1 + keyIdBytes

export interface SealingFormat {
  /** The first byte. */
  readonly tag: number
  /** A part of every derived key. */
  readonly name: string
  /** How many bytes it shows. */
  readonly shownBytes: number
}

/** How much longer sealed bytes are than their content. */
export const overheadOf = ({ shownBytes }: Pick<SealingFormat, 'shownBytes'>): number =>
  shownStart + shownBytes + nonceBytes + tagBytes

/** What sealed bytes are bound to. */
export interface Binding {
  /** The record that they belong to. It has keys of its own. */
  readonly record: string
  readonly place: string
}

/** `isCurrent`: sealed with the key that seals now, and not with an older one. */
export interface Opened {
  readonly content: Buffer
  readonly isCurrent: boolean
}

/** The keys of a configuration, and what they have sealed in one format. */
export class Keyring {
  readonly #keys: readonly SealingKey[]
  readonly #current: SealingKey
  readonly #tag: number
  readonly #nonceStart: number
  readonly #contentStart: number
  readonly #overheadBytes: number

  /** The first key seals, each opens. */
  constructor(keys: readonly string[], format: SealingFormat) {
    const { tag, name, shownBytes } = format
    this.#keys = keys.map((key) => new SealingKey(key, name))
    const [current] = this.#keys
    if (!current) throw new TypeError('Sealing needs a key')
    this.#current = current
    this.#tag = tag
    this.#nonceStart = shownStart + shownBytes
    this.#contentStart = this.#nonceStart + nonceBytes
    this.#overheadBytes = overheadOf(format)
  }

  seal({ record, place }: Binding, content: Uint8Array, shown?: Uint8Array): Buffer {
    const sealed = Buffer.allocUnsafe(this.#overheadBytes + content.byteLength)
    sealed[0] = this.#tag
    sealed.set(this.#current.id, 1)
    if (shown) sealed.set(shown, shownStart)
    const nonce = randomFillSync(sealed.subarray(this.#nonceStart, this.#contentStart))
    const derived = this.#current.derived(record)
    const cipher = createCipheriv(algorithm, derived, nonce, tagLength)
    cipher.setAAD(this.#bound(sealed, place))
    sealed.set(cipher.update(content), this.#contentStart)
    cipher.final()
    sealed.set(cipher.getAuthTag(), sealed.byteLength - tagBytes)
    this.#current.keep(record, derived)
    return sealed
  }

  /** `unknown key`: no key has the id in these bytes. `damaged`: they were changed, or sealed for another place, or are not sealed. */
  open({ record, place }: Binding, sealed: Buffer): Opened | 'unknown key' | 'damaged' {
    if (sealed.byteLength < this.#overheadBytes || sealed[0] !== this.#tag) return 'damaged'
    let failure: 'unknown key' | 'damaged' = 'unknown key'
    for (const key of this.#keys) {
      if (sealed.compare(key.id, 0, keyIdBytes, 1, shownStart) !== 0) continue
      failure = 'damaged'
      const content = this.#opened(key, sealed, record, place)
      if (content) return { content, isCurrent: key === this.#current }
    }
    return failure
  }

  #opened(key: SealingKey, sealed: Buffer, record: string, place: string): Buffer | undefined {
    const derived = key.derived(record)
    const nonce = sealed.subarray(this.#nonceStart, this.#contentStart)
    const decipher = createDecipheriv(algorithm, derived, nonce, tagLength)
    decipher.setAAD(this.#bound(sealed, place))
    decipher.setAuthTag(sealed.subarray(sealed.byteLength - tagBytes))
    const content = decipher.update(sealed.subarray(this.#contentStart, sealed.byteLength - tagBytes))
    try {
      decipher.final()
    } catch {
      return undefined // the tag does not fit
    }
    key.keep(record, derived)
    return content
  }

  #bound(sealed: Buffer, place: string): Buffer {
    return Buffer.concat([sealed.subarray(0, this.#nonceStart), Buffer.from(place)])
  }
}
