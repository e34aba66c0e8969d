import type { ScopeEnvironment } from './environment.js'

/** Emits `storage:unavailable` once per outage, and `storage:available` once the store holds all changes that waited for it. */
export class Outage {
  readonly #environment: ScopeEnvironment
  #isReported = false

  constructor(environment: ScopeEnvironment) {
    this.#environment = environment
    environment.availability.listen((error) => error && this.#begin(error))
  }

  /** Must be called whenever no change waits for the store. */
  end(): void {
    const { availability, emit, kind: scope } = this.#environment
    if (!this.#isReported || availability.unavailableSince !== undefined) return
    this.#isReported = false
    emit('storage:available', { scope })
  }

  #begin(error: unknown): void {
    if (this.#isReported) return
    this.#isReported = true
    const { emit, kind: scope } = this.#environment
    emit('storage:unavailable', { scope, error })
  }
}
