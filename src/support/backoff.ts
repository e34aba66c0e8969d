/** How long to wait before each further attempt: twice as long as before, with jitter, until one succeeds. */
export class Backoff {
  readonly #firstMs: number
  readonly #longestMs: number
  #attempts = 0

  constructor(firstMs: number, longestMs: number) {
    this.#firstMs = firstMs
    this.#longestMs = longestMs
  }

  /** In milliseconds: between half of the delay and all of it. */
  next(): number {
    const longest = Math.min(this.#firstMs * 2 ** this.#attempts, this.#longestMs)
    this.#attempts += 1
    return longest * (0.5 + Math.random() / 2)
  }

  reset(): void {
    this.#attempts = 0
  }
}
