/** A random delay between half of `ms` and all of it, so that callers that failed together do not retry together. */
export const jittered = (ms: number): number => ms * (0.5 + Math.random() / 2)

/** The delay in milliseconds after this many attempts: it doubles with each, up to `longestMs`, with jitter. */
export const backoffDelay = (attempts: number, firstMs: number, longestMs: number): number =>
  jittered(Math.min(firstMs * 2 ** attempts, longestMs))

/** The delays between attempts: each twice as long as the one before, with jitter, until `reset`. */
export class Backoff {
  readonly #firstMs: number
  readonly #longestMs: number
  #attempts = 0

  constructor(firstMs: number, longestMs: number) {
    this.#firstMs = firstMs
    this.#longestMs = longestMs
  }

  /** The next delay in milliseconds. */
  next(): number {
    return backoffDelay(this.#attempts++, this.#firstMs, this.#longestMs)
  }

  reset(): void {
    this.#attempts = 0
  }
}
