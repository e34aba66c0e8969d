/** What scripts pack: texts, numbers and nil. */
export type Packed = string | number | null

/** All values that `cmsgpack.pack` has put one after the other; the script says which. */
export function unpacked<Values extends readonly (Packed | undefined)[]>(bytes: Buffer): Values {
  const reader = new PackedReader(bytes)
  const values: Packed[] = []
  while (!reader.isAtEnd) values.push(reader.next())
  return values as readonly Packed[] as Values
}

/** As much of MessagePack as cmsgpack writes for these values. */
class PackedReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  next(): Packed {
    const tag = this.#bytes.readUInt8(this.#skip(1))
    if (tag < 0x80) return tag
    if (tag >= 0xe0) return tag - 0x100
    if (tag >= 0xa0 && tag < 0xc0) return this.#text(tag - 0xa0)
    return this.#tagged(tag)
  }

  #tagged(tag: number): Packed {
    const bytes = this.#bytes
    switch (tag) {
      case 0xc0:
        return null
      case 0xca:
        return bytes.readFloatBE(this.#skip(4))
      case 0xcb:
        return bytes.readDoubleBE(this.#skip(8))
      case 0xcc:
        return bytes.readUInt8(this.#skip(1))
      case 0xcd:
        return bytes.readUInt16BE(this.#skip(2))
      case 0xce:
        return bytes.readUInt32BE(this.#skip(4))
      case 0xcf:
        return bytes.readUInt32BE(this.#skip(4)) * 2 ** 32 + bytes.readUInt32BE(this.#skip(4))
      case 0xd0:
        return bytes.readInt8(this.#skip(1))
      case 0xd1:
        return bytes.readInt16BE(this.#skip(2))
      case 0xd2:
        return bytes.readInt32BE(this.#skip(4))
      case 0xd3:
        return bytes.readInt32BE(this.#skip(4)) * 2 ** 32 + bytes.readUInt32BE(this.#skip(4))
      case 0xd9:
        return this.#text(bytes.readUInt8(this.#skip(1)))
      case 0xda:
        return this.#text(bytes.readUInt16BE(this.#skip(2)))
      case 0xdb:
        return this.#text(bytes.readUInt32BE(this.#skip(4)))
      default:
        throw new TypeError(`Scripts pack nothing that begins with ${tag}`)
    }
  }

  #text(length: number): string {
    const from = this.#skip(length)
    return this.#bytes.toString('utf8', from, this.#at)
  }

  /** Where the bytes begin that it goes past. */
  #skip(count: number): number {
    const from = this.#at
    this.#at += count
    return from
  }
}
