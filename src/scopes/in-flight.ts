import { ScopesError } from '../errors/scopes-error.js'

/** What uses the scopes of one container at the moment: requests, and the functions that `open()` of a directory runs. */
export class InFlight {
  #count = 0
  #isClosed = false
  #allDone = () => {}

  /** `leave` must follow. Throws CONTAINER_CLOSED. */
  enter(action: string): void {
    this.assertOpen(action)
    this.#count += 1
  }

  /** Throws CONTAINER_CLOSED, also to what is in flight: for a step after which it would outlive the container. */
  assertOpen(action: string): void {
    if (this.#isClosed) throw new ScopesError('CONTAINER_CLOSED', { action })
  }

  leave(): void {
    this.#count -= 1
    if (this.#count === 0) this.#allDone()
  }

  /** Refuses what comes from now on. Resolves when everything in flight has left. */
  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#count === 0) return
    await new Promise<void>((resolve) => {
      this.#allDone = resolve
    })
  }
}
