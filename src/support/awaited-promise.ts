/**
 * A promise that knows whether the caller waits for it. `await` calls `then` on a subclass of Promise, as does everything else
 * that looks at the outcome.
 */
export class AwaitedPromise<T> extends Promise<T> {
  isAwaited = false

  /** Promises derived from this one are plain ones. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  // biome-ignore lint/suspicious/noThenProperty: this is a promise
  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.isAwaited = true
    return super.then(onFulfilled, onRejected)
  }

  /** As `then`, but not by the caller. */
  watch(onFulfilled: () => void, onRejected: (error: unknown) => void): void {
    super.then(onFulfilled, onRejected)
  }
}

/** The same outcome. Never an unhandled rejection: an error that the caller does not wait for is reported. */
export function reported<T>(promise: Promise<T>, report: (error: unknown) => void): Promise<T> {
  const given = new AwaitedPromise<T>((resolve, reject) => promise.then(resolve, reject))
  given.watch(
    () => {},
    (error) => setImmediate(() => given.isAwaited || report(error)),
  )
  return given
}
