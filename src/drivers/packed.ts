import { Packr } from 'msgpackr'
import { packedEnd, packedList } from './packed-end.js'

/** A part of a stored head. */
export type Packed = string | number | null

/** The values at the end of a list that a newer version of this package has added, as they are stored. */
export interface Newer {
  readonly count: number
  readonly bytes: Uint8Array
}

const messagePack = new Packr({ useRecords: false, int64AsType: 'number' })
const list16 = 0xdc
const headerBytes = 3

/** Encodes a list as MessagePack, in a buffer that must be copied or sent at once. `newer` is put behind its values. */
export function packed(values: readonly Packed[], newer?: Newer): Buffer {
  const list = messagePack.pack(values)
  if (!newer) return list
  const header = Buffer.alloc(headerBytes)
  header.writeUInt8(list16)
  header.writeUInt16BE(values.length + newer.count, 1)
  return Buffer.concat([header, list.subarray(packedList(list).from), newer.bytes])
}

/**
 * Decodes a list: its values, and what follows `known` of them. At a cost that the size of the bytes bounds, whatever they
 * are. Throws for what is not a list.
 */
export function unpacked(bytes: Uint8Array, known: number): { readonly values: unknown; readonly newer?: Newer } {
  const { from, count } = packedList(bytes)
  const end = packedEnd(bytes, from, Math.min(count, known))
  if (count <= known) {
    if (end < bytes.byteLength) throw new RangeError('It holds more than it announces')
    return { values: messagePack.unpack(bytes) }
  }
  const newer = { count: count - known, bytes: Uint8Array.from(bytes.subarray(end)) }
  return { values: messagePack.unpackMultiple(bytes.subarray(from, end)), newer }
}

/** Decodes values that `cmsgpack.pack` of a Redis script put one after the other; the caller knows their types. */
export const unpackedAll = <Values extends readonly (Packed | undefined)[]>(bytes: Uint8Array): Values =>
  messagePack.unpackMultiple(bytes) as unknown as Values

/** As `unpackedAll`, but only the first `known` values, and of bytes that another writer may have stored. */
export function unpackedFirst<Values extends readonly (Packed | undefined)[]>(
  bytes: Uint8Array,
  known: number,
): Values {
  let end = 0
  for (let count = 0; count < known && end < bytes.byteLength; count += 1) end = packedEnd(bytes, end, 1)
  return unpackedAll(bytes.subarray(0, end))
}
