/** The bytes of memory for a record without attributes, and for each attribute besides name and value. Measured by bench/record-size.ts. */
const recordOverhead = 1_500
const attributeOverhead = 150

export const sizeOfAttribute = (name: string, bytes: Uint8Array): number =>
  attributeOverhead + name.length + bytes.byteLength

/** The bytes of memory that a record with these encoded attributes takes. */
export function sizeOf(attributes: ReadonlyMap<string, Uint8Array>): number {
  let size = recordOverhead
  for (const [name, bytes] of attributes) size += sizeOfAttribute(name, bytes)
  return size
}
