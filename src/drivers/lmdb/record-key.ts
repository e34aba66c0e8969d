import { type RecordEntry, unpackEntry } from './record-entry.js'

/** Larger entries, such as those with a long principal, are decoded each time, so that those that are kept take little memory. */
const mostBytes = 512

/** The key of a record, with the entry that this process last found or wrote there: most looks find the same bytes again. */
export class RecordKey {
  readonly bytes: Buffer
  #stored: Uint8Array | undefined
  #entry: RecordEntry | undefined

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  /** Whether it has an entry. */
  get isKnown(): boolean {
    return this.#entry !== undefined
  }

  /** The entry that these bytes hold, which nobody changes afterwards. Throws Damage. */
  entryIn(stored: Uint8Array): RecordEntry {
    if (this.#entry && this.#stored && Buffer.compare(stored, this.#stored) === 0) return this.#entry
    const entry = unpackEntry(stored)
    this.keep(stored, entry)
    return entry
  }

  /** `stored`, which nobody changes afterwards, holds `entry`. */
  keep(stored: Uint8Array, entry: RecordEntry): void {
    const isSmall = stored.byteLength <= mostBytes
    this.#stored = isSmall ? stored : undefined
    this.#entry = isSmall ? entry : undefined
  }
}
