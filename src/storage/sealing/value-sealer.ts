import { viewOf } from '../../codec/bytes.js'
import { Keyring } from '../../codec/sealing/keyring.js'
import { sealedTag, storedOf, type Unopened, unopened } from '../../codec/sealing/unopened.js'

/** How a cache seals its values. */
export interface Encryption {
  /** At least one, of at least 32 bytes each. The first seals, each opens. */
  readonly keys: readonly string[]
  /** The treatment of values that are not sealed: `refuse`, `read`, or `write`, which reads them and stores new ones so too. */
  readonly plain: 'refuse' | 'read' | 'write'
}

/** Figures since the start of this node. */
export interface SealingFigures {
  /** Values opened by another key than the first. */
  readonly openedByOldKeys: number
  /** Values read that are not sealed. */
  readonly readPlain: number
  /** Values that were not opened. */
  readonly unopened: Readonly<Record<Unopened, number>>
}

/** The stored value of an attribute or object begins with less: a digit of its place, or a tag of the codec. */
const highestPlain = 0x7f

/**
 * Seals the values of one cache, and opens them. A value that cannot be opened is replaced by bytes that no codec decodes and
 * that `seal` turns back into the stored ones.
 */
export class ValueSealer {
  readonly #keyring: Keyring
  readonly #plain: Encryption['plain']
  readonly #unopened: Record<Unopened, number> = { 'unknown key': 0, damaged: 0, plain: 0 }
  #openedByOldKeys = 0
  #readPlain = 0

  constructor({ keys, plain }: Encryption) {
    this.#keyring = new Keyring(keys, { tag: sealedTag, name: 'koa-scopes at rest 1', shownBytes: 0 })
    this.#plain = plain
  }

  get figures(): SealingFigures {
    return {
      openedByOldKeys: this.#openedByOldKeys,
      readPlain: this.#readPlain,
      unopened: { ...this.#unopened },
    }
  }

  /** `record`: the id of the record or the key of the object. `place`: where the value is stored, which no other value shares. */
  seal(record: string, place: string, value: Uint8Array): Uint8Array {
    const stored = storedOf(value)
    if (stored) return stored
    return this.#plain === 'write' ? value : this.#keyring.seal({ record, place }, value)
  }

  open(record: string, place: string, stored: Uint8Array): Uint8Array {
    const [first = 0] = stored
    if (first <= highestPlain) return this.#plainOf(stored)
    const opened = this.#keyring.open({ record, place }, viewOf(stored))
    if (typeof opened === 'string') return this.#refused(opened, stored)
    if (!opened.isCurrent) this.#openedByOldKeys += 1
    return opened.content
  }

  #plainOf(stored: Uint8Array): Uint8Array {
    if (this.#plain === 'refuse') return this.#refused('plain', stored)
    this.#readPlain += 1
    return stored
  }

  #refused(why: Unopened, stored: Uint8Array): Uint8Array {
    this.#unopened[why] += 1
    return unopened(why, stored)
  }
}

/** A place as text. The length stands before each name, so that no two places have the same text. */
export const placeText = (...names: readonly string[]): string => names.map((name) => `${name.length}:${name}`).join('')
