import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import { LRUCache } from 'lru-cache'

export const keyIdBytes = 4
const derivedBytes = 32

/** How many derived keys are kept. */
const mostDerived = 10_000

const noSalt = Buffer.alloc(0)

/**
 * A key of the configuration. It seals nothing itself: each record has a key of its own, derived from it, because random
 * nonces are safe for 2^32 texts of one key.
 */
export class SealingKey {
  /** Tells the keys apart in what they have sealed, and says nothing of the secret. */
  readonly id: Uint8Array
  readonly #secret: KeyObject
  readonly #format: string
  readonly #derived = new LRUCache<string, KeyObject>({ max: mostDerived })

  /** `format`: the name of a format. It is a part of everything derived, so that two formats never have the same keys. */
  constructor(text: string, format: string) {
    this.#secret = createSecretKey(text, 'utf8')
    this.#format = format
    this.id = new Uint8Array(hkdfSync('sha256', this.#secret, noSalt, `${format} key id`, keyIdBytes))
  }

  /** The key of one record. */
  derived(record: string): KeyObject {
    return this.#derived.get(record) ?? this.#derive(record)
  }

  /** Keeps a derived key. Called when it has opened or sealed something, so that strangers push out no key that is in use. */
  keep(record: string, derived: KeyObject): void {
    this.#derived.set(record, derived)
  }

  #derive(record: string): KeyObject {
    return createSecretKey(
      Buffer.from(hkdfSync('sha256', this.#secret, Buffer.from(record), `${this.#format} record`, derivedBytes)),
    )
  }
}
