/** Bytes of a head and of a map entry, roughly, so that many small records are bounded too. */
const recordOverhead = 600
const attributeOverhead = 100

/** What a record's encoded attributes take in memory, in bytes. */
export function sizeOf(attributes: ReadonlyMap<string, Uint8Array>): number {
  let size = recordOverhead
  for (const [name, bytes] of attributes) size += attributeOverhead + name.length + bytes.byteLength
  return size
}
