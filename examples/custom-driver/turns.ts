/** Lets the calls for one record go one after another. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** A caller that has given up while it waited is not served. */
  async take<T>(id: string, signal: AbortSignal | undefined, call: () => Promise<T>): Promise<T> {
    const inTurn = () => {
      signal?.throwIfAborted()
      return call()
    }
    const turn = (this.#last.get(id) ?? Promise.resolve()).then(inTurn, inTurn)
    this.#last.set(id, turn)
    try {
      return await turn
    } finally {
      if (this.#last.get(id) === turn) this.#last.delete(id)
    }
  }
}
