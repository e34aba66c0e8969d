import { types } from 'node:util'
import type { Numbers } from './shapes.js'

type Range = readonly [from: number, to: number]

/**
 * Finds typed arrays that would lose what they share. Each comes back on memory of its own, so a view on a part of a larger
 * buffer is no difference; but a change of one array would no longer show in another on the same bytes.
 */
export class SharedMemory {
  readonly #ranges = new Map<ArrayBufferLike, Range[]>()

  /** Why the array cannot be stored beside those asked about before; undefined if it can. */
  refusalOf({ buffer, byteOffset, byteLength }: Numbers): string | undefined {
    if (types.isSharedArrayBuffer(buffer)) return 'a typed array on a SharedArrayBuffer'
    const range: Range = [byteOffset, byteOffset + byteLength]
    const others = this.#ranges.get(buffer)
    if (!others) this.#ranges.set(buffer, [range])
    else if (others.some((other) => overlap(range, other))) return 'a typed array on the bytes of another one'
    else others.push(range)
    return undefined
  }
}

const overlap = ([from, to]: Range, [otherFrom, otherTo]: Range): boolean => from < otherTo && otherFrom < to
