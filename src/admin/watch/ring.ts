/** The newest entries, up to a number of them. */
export class Ring<Entry> {
  readonly #size: number
  #entries: Entry[] = []

  constructor(size: number) {
    this.#size = size
  }

  push(entry: Entry): void {
    this.#entries.push(entry)
    // Half of them at once, so that an entry costs no copy of all the others.
    if (this.#entries.length >= this.#size * 2) this.#entries = this.#entries.slice(-this.#size)
  }

  /** From the oldest to the newest. */
  get entries(): readonly Entry[] {
    return this.#entries.slice(-this.#size)
  }

  get last(): Entry | undefined {
    return this.#entries.at(-1)
  }
}
