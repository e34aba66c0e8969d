/** What a head and a map entry take besides, in bytes, as bench/record-size.ts measures it. */
const recordOverhead = 1_500
const attributeOverhead = 150

export const sizeOfAttribute = (name: string, bytes: Uint8Array): number =>
  attributeOverhead + name.length + bytes.byteLength

/** What a record with these encoded attributes takes in memory, in bytes. */
export function sizeOf(attributes: ReadonlyMap<string, Uint8Array>): number {
  let size = recordOverhead
  for (const [name, bytes] of attributes) size += sizeOfAttribute(name, bytes)
  return size
}
