import type { ChangeListener } from '../../storage/contract.js'
import { Backoff } from '../../support/backoff.js'
import type { Cancel } from '../../support/clock.js'
import type { ScopeEnvironment } from '../environment.js'

const firstRetryMs = 250
const longestRetryMs = 10_000

/**
 * Listens for changes that other nodes make to the records of a scope, if the driver has notices. Retries until the
 * store can be reached.
 */
export class Watch {
  readonly #environment: ScopeEnvironment
  readonly #listener: ChangeListener
  readonly #retries = new Backoff(firstRetryMs, longestRetryMs)
  #stopped = false
  #isListening = false
  #next: Cancel = () => {}
  #watching: Promise<void> = Promise.resolve()
  #unwatch = async () => {}

  constructor(environment: ScopeEnvironment, listener: ChangeListener) {
    this.#environment = environment
    this.#listener = listener
  }

  /** Whether each change is reported from now on, or else a gap. */
  get isListening(): boolean {
    return this.#isListening
  }

  start(): void {
    this.#watching = this.#watch()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#next()
    await this.#watching
    await this.#unwatch()
  }

  /** Begins to listen. Then it reports a gap, because changes before this moment were missed. */
  async #watch(): Promise<void> {
    const { clock, space } = this.#environment
    try {
      const unwatch = await space.watch?.(this.#listener)
      if (!unwatch) return
      this.#unwatch = unwatch
      this.#isListening = true
      this.#listener.onGap()
    } catch {
      // The availability of the cache reports the reason.
      if (!this.#stopped) this.#next = clock.schedule(() => this.start(), this.#retries.next())
    }
  }
}
