/*
 * The binary form of an array of PostgreSQL: its dimensions, flags and the type of its elements; for its one dimension, the
 * number of elements and the first index; then each element after its length. All numbers have 4 bytes.
 */
const headerBytes = 20
const lengthBytes = 4
const typeOfBytes = 17
const firstIndex = 1

/** A value of the type `bytea[]`. As text it would be more than twice as long, and slow to read. */
export function byteArray(elements: readonly Uint8Array[]): Buffer {
  const size = elements.reduce((sum, { byteLength }) => sum + lengthBytes + byteLength, headerBytes)
  const array = Buffer.allocUnsafe(size)
  let at = 0
  for (const number of [1, 0, typeOfBytes, elements.length, firstIndex]) at = array.writeInt32BE(number, at)
  for (const element of elements) {
    at = array.writeInt32BE(element.byteLength, at)
    array.set(element, at)
    at += element.byteLength
  }
  return array
}
