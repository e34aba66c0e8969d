/** Between half of it and all of it, so that those who failed together do not try again together. */
export const jittered = (ms: number): number => ms * (0.5 + Math.random() / 2)

/** In milliseconds, before the attempt that follows so many: twice as long as before, with jitter. */
export const backoffDelay = (attempts: number, firstMs: number, longestMs: number): number =>
  jittered(Math.min(firstMs * 2 ** attempts, longestMs))

/** How long to wait before each further attempt: twice as long as before, with jitter, until one succeeds. */
export class Backoff {
  readonly #firstMs: number
  readonly #longestMs: number
  #attempts = 0

  constructor(firstMs: number, longestMs: number) {
    this.#firstMs = firstMs
    this.#longestMs = longestMs
  }

  /** In milliseconds. */
  next(): number {
    return backoffDelay(this.#attempts++, this.#firstMs, this.#longestMs)
  }

  reset(): void {
    this.#attempts = 0
  }
}
