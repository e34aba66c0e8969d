import { Turns } from '../../support/turns.js'

/** Conversations with the store about one record: one at a time, in the order of their beginning. */
export class Conversations {
  readonly #turns = new Turns()
  #proposals = 0

  /** Conditional saves are in flight. Later commits are ordered after them. */
  get hasProposals(): boolean {
    return this.#proposals > 0
  }

  run<T>(task: () => Promise<T>): Promise<T> {
    return this.#turns.run(task)
  }

  /** As `run`, for a save of changes that count only if the store accepts them. */
  async propose<T>(task: () => Promise<T>): Promise<T> {
    this.#proposals += 1
    try {
      return await this.#turns.run(task)
    } finally {
      this.#proposals -= 1
    }
  }
}
