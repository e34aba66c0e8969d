import type { ScopeEnvironment } from '../environment.js'

/**
 * Warns once when another node changes the records of a store that neither sends notices nor is asked at every request: a
 * logout there takes effect here only at the next touch.
 */
export class OtherNodes {
  readonly #environment: ScopeEnvironment
  readonly #areFollowed: boolean
  #wasReported = false

  constructor(environment: ScopeEnvironment) {
    this.#environment = environment
    this.#areFollowed = environment.asksEachRequest || environment.space.watch !== undefined
  }

  /** Another node has changed a record. */
  seen(): void {
    if (this.#areFollowed || this.#wasReported) return
    this.#wasReported = true
    const { kind: scope, log, settings } = this.#environment
    log.warn(
      { scope, cache: settings.storage },
      'another node changes the same records, and this store has no notices: with cluster: false a logout or rotation on one node takes effect on the others only after up to min(timeout/10, 60 s). Set cluster: true.',
    )
  }
}
