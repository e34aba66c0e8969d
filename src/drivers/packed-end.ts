/*
 * Lengths in MessagePack, checked before anything is made from them: a few bytes can announce four billion values, and the
 * decoder would make room for all of them first.
 */

/** The sizes of numbers, by their codes from 0xca to 0xd3, the code included. */
const numberSizes = [5, 9, 2, 3, 5, 9, 2, 3, 5, 9]

/**
 * The offset behind `count` values that begin at `from`. Throws if they are cut, announce more values or bytes than there
 * are, or hold extension types.
 */
export function packedEnd(bytes: Uint8Array, from: number, count: number): number {
  let at = from
  for (let left = count; left > 0; left -= 1) {
    // Each value takes at least one byte.
    if (left > bytes.byteLength - at) throw new RangeError('It announces more than it holds')
    const code = bytes[at] ?? 0
    at += 1
    if (code < 0x80 || code >= 0xe0 || code === 0xc0 || code === 0xc2 || code === 0xc3) continue
    if (code < 0x90) left += 2 * (code & 0x0f)
    else if (code < 0xa0) left += code & 0x0f
    else if (code < 0xc0) at += code & 0x1f
    else if (code >= 0xca && code <= 0xd3) at += (numberSizes[code - 0xca] ?? 0) - 1
    else {
      const { lengthBytes, kind } = headerOf(code)
      const length = numberAt(bytes, at, lengthBytes)
      at += lengthBytes
      if (kind === 'bytes') at += length
      else left += kind === 'list' ? length : 2 * length
    }
  }
  if (at > bytes.byteLength) throw new RangeError('It announces more than it holds')
  return at
}

interface Header {
  /** What the length counts. */
  readonly kind: 'bytes' | 'list' | 'map'
  readonly lengthBytes: number
}

const headers: Readonly<Record<number, Header>> = {
  196: { kind: 'bytes', lengthBytes: 1 },
  197: { kind: 'bytes', lengthBytes: 2 },
  198: { kind: 'bytes', lengthBytes: 4 },
  217: { kind: 'bytes', lengthBytes: 1 },
  218: { kind: 'bytes', lengthBytes: 2 },
  219: { kind: 'bytes', lengthBytes: 4 },
  220: { kind: 'list', lengthBytes: 2 },
  221: { kind: 'list', lengthBytes: 4 },
  222: { kind: 'map', lengthBytes: 2 },
  223: { kind: 'map', lengthBytes: 4 },
}

function headerOf(code: number): Header {
  const header = headers[code]
  if (!header) throw new TypeError(`It holds a value of the unknown type 0x${code.toString(16)}`)
  return header
}

function numberAt(bytes: Uint8Array, from: number, length: number): number {
  let number = 0
  for (let at = from; at < from + length; at += 1) number = number * 256 + (bytes[at] ?? 0)
  return number
}

/** The list that these bytes begin with: where its values begin, and how many it announces. Throws for anything else. */
export function packedList(bytes: Uint8Array): { readonly from: number; readonly count: number } {
  const code = bytes[0] ?? 0
  if (code >= 0x90 && code < 0xa0) return { from: 1, count: code & 0x0f }
  const header = headers[code]
  if (header?.kind !== 'list') throw new TypeError('It is not a list')
  return { from: 1 + header.lengthBytes, count: numberAt(bytes, 1, header.lengthBytes) }
}
