/** The attributes in the form of `packed` in statements.ts; none for null. */
export function unpacked(base64: string | null): ReadonlyMap<string, Uint8Array> {
  const attributes = new Map<string, Uint8Array>()
  if (base64 === null) return attributes
  const bytes = Buffer.from(base64, 'base64')
  for (let at = 0; at < bytes.length; ) {
    const name = partAt(bytes, at)
    at += lengthBytes + name.length
    const value = partAt(bytes, at)
    at += lengthBytes + value.length
    attributes.set(String(name), value)
  }
  return attributes
}

const lengthBytes = 4

const partAt = (bytes: Buffer, at: number): Buffer =>
  bytes.subarray(at + lengthBytes, at + lengthBytes + bytes.readInt32BE(at))
