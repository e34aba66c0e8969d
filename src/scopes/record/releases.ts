/**
 * The releases of locks that other nodes report. A request that waits for a lock expects the next one before it asks for the
 * lock, so that no release falls between the answer and the wait.
 */
export class Releases {
  /** By id of the record. On one node only one request at a time asks for the lock of a record. */
  readonly #expected = new Map<string, AbortController>()

  /** Returns a signal that aborts at the next release, and a function to be called when it is no longer expected. */
  expect(id: string): { readonly released: AbortSignal; forget(): void } {
    const controller = new AbortController()
    this.#expected.set(id, controller)
    const forget = () => {
      if (this.#expected.get(id) === controller) this.#expected.delete(id)
    }
    return { released: controller.signal, forget }
  }

  /** The lock was released, or its record has ended. */
  happened(id: string): void {
    this.#expected.get(id)?.abort()
  }

  /** Releases may have been missed. */
  mayHaveHappened(): void {
    for (const controller of this.#expected.values()) controller.abort()
  }
}
