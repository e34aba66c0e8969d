import type { ScopeEnvironment } from './environment.js'

/** Tells once that the store of a scope cannot be reached, and once that it can and holds everything that waited for it. */
export class Outage {
  readonly #environment: ScopeEnvironment
  #isTold = false

  constructor(environment: ScopeEnvironment) {
    this.#environment = environment
    environment.availability.listen((error) => error && this.#begin(error))
  }

  /** To be called when nothing waits for the store. */
  end(): void {
    const { availability, emit, kind: scope } = this.#environment
    if (!this.#isTold || availability.unavailableSince !== undefined) return
    this.#isTold = false
    emit('storage:available', { scope })
  }

  #begin(error: unknown): void {
    if (this.#isTold) return
    this.#isTold = true
    const { emit, kind: scope } = this.#environment
    emit('storage:unavailable', { scope, error })
  }
}
