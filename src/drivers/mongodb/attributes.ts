/*
 * Attributes are the members of a part of the document. Their names are encoded, so that dots, `$`, NUL and `__proto__` are
 * names like any other. Members of other names belong to newer versions of this package: they are kept and not read.
 */

export type Attributes = ReadonlyMap<string, Uint8Array>

const mark = 'k'

const keyOf = (name: string): string => mark + Buffer.from(name).toString('base64url')

const nameOf = (key: string): string => Buffer.from(key.slice(mark.length), 'base64url').toString()

/** The path of an attribute in the document. */
export const attributePath = (name: string): string => `attributes.${keyOf(name)}`

export const storedAttributes = (attributes: Attributes): Record<string, Uint8Array> =>
  Object.fromEntries([...attributes].map(([name, value]) => [keyOf(name), value]))

/**
 * Reads the attributes of a document. All values are copied into one block: the client's buffers are parts of what it read from
 * the socket, and one value would keep all of that in memory.
 */
export function attributesIn(stored: unknown): Map<string, Uint8Array> {
  const attributes = new Map<string, Uint8Array>()
  if (typeof stored !== 'object' || stored === null) return attributes
  const pairs = Object.entries(stored).filter(
    (pair): pair is [string, Uint8Array] => pair[0].startsWith(mark) && pair[1] instanceof Uint8Array,
  )
  const block = Buffer.concat(pairs.map(([, value]) => value))
  let start = 0
  for (const [key, { byteLength }] of pairs) {
    attributes.set(nameOf(key), block.subarray(start, start + byteLength))
    start += byteLength
  }
  return attributes
}
