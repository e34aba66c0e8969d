/*
 * Bytes that stand for a value which could not be opened: the mark, the reason, the bytes as they are stored. No codec makes
 * such bytes, and each refuses to decode them, with the reason. If they are saved, the bytes in them are stored as they were.
 */

/** The first byte of a sealed value. Neither a format of the codec nor the place of an attribute begins with it. */
export const sealedTag = 0xfe
const mark = 0xff

/** `plain`: the value is not sealed, where only sealed ones are read. */
export type Unopened = 'unknown key' | 'damaged' | 'plain'

interface Refusal {
  readonly reason: string
  readonly remedy: string
}

const kinds: readonly Unopened[] = ['unknown key', 'damaged', 'plain']

const refusals: Readonly<Record<Unopened, Refusal>> = {
  'unknown key': {
    reason: 'it is sealed with a key that is not configured',
    remedy: 'Add that key to encrypt.keys of its cache, or assign a new value.',
  },
  damaged: {
    reason: 'it is damaged, or was sealed for another place',
    remedy: 'Restore it from a backup, or assign a new value.',
  },
  plain: {
    reason: 'it is not sealed, and its cache reads sealed values only',
    remedy: 'Write plain: read under encrypt of its cache until all values are sealed, or assign a new value.',
  },
}

const withoutKeys: Refusal = {
  reason: 'it is sealed, and its cache has no keys',
  remedy: 'Give the cache encrypt.keys, or assign a new value.',
}

export function unopened(why: Unopened, stored: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(mark, kinds.indexOf(why)), stored])
}

/** The bytes as they are stored, of a value that could not be opened; undefined for any other value. */
export const storedOf = (bytes: Uint8Array): Uint8Array | undefined =>
  bytes[0] === mark ? bytes.subarray(2) : undefined

/** Why these bytes hold no value; undefined if they are for the codec to decode. */
export function refusalOf(bytes: Uint8Array): Refusal | undefined {
  const first = bytes[0]
  if (first === sealedTag) return withoutKeys
  return first === mark ? refusals[kinds[bytes[1] ?? 0] ?? 'damaged'] : undefined
}
