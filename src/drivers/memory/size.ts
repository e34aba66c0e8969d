/** Bytes a record and each attribute take besides their content, roughly, so that many small ones are bounded too. */
const recordOverhead = 600
const attributeOverhead = 100

export function sizeOf(attributes: ReadonlyMap<string, Uint8Array>): number {
  let size = recordOverhead
  for (const [name, bytes] of attributes) size += attributeOverhead + name.length + bytes.byteLength
  return size
}
