import type { ChangeListener, ChangeNotice } from '../../storage/contract.js'
import { Backoff } from '../../support/backoff.js'
import type { Cancel } from '../../support/clock.js'
import type { ScopeEnvironment } from '../environment.js'

const firstRetryMs = 250
const longestRetryMs = 10_000

const nothing = async () => {}

/**
 * Listens for changes that other nodes make to the records of a scope, if the driver has notices. Retries until the
 * store can be reached. A listener that throws stops neither the watch nor the driver: it is logged.
 */
export class Watch {
  readonly #environment: ScopeEnvironment
  readonly #listener: ChangeListener
  readonly #retries = new Backoff(firstRetryMs, longestRetryMs)
  #isStarted = false
  #isStopped = false
  #isListening = false
  #next: Cancel = () => {}
  #watching: Promise<void> = Promise.resolve()
  #unwatch = nothing

  constructor(environment: ScopeEnvironment, listener: ChangeListener) {
    this.#environment = environment
    this.#listener = listener
  }

  /** Whether each change is reported from now on, or else a gap. */
  get isListening(): boolean {
    return this.#isListening
  }

  /** Begins to listen. Called again, it does nothing. */
  start(): void {
    if (this.#isStarted) return
    this.#isStarted = true
    this.#watching = this.#watch()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#isListening = false
    this.#next()
    await this.#watching
    await this.#unwatch()
  }

  /** Begins to listen. Then it reports a gap, because changes before this moment were missed. */
  async #watch(): Promise<void> {
    const { space } = this.#environment
    try {
      const unwatch = await space.watch?.({
        onChange: (notice) => this.#hear(notice),
        onGap: () => this.#miss(),
      })
      if (!unwatch) return
      this.#unwatch = unwatch
    } catch {
      this.#watchLater() // the availability of the cache reports the reason
      return
    }
    if (this.#isStopped) return
    this.#isListening = true
    this.#miss()
  }

  #hear(notice: ChangeNotice): void {
    try {
      this.#listener.onChange(notice)
    } catch (error) {
      this.#report(error, 'a change that another node made could not be taken in')
      this.#miss()
    }
  }

  /** Reports a gap. If that fails, this node may go on with what is no longer so: it listens anew, which is a gap again. */
  #miss(): void {
    try {
      this.#listener.onGap()
    } catch (error) {
      this.#report(error, 'the changes that other nodes may have made could not be taken in')
      if (this.#isListening) this.#watching = this.#restart()
    }
  }

  async #restart(): Promise<void> {
    this.#isListening = false
    const unwatch = this.#unwatch
    this.#unwatch = nothing
    await unwatch().catch((error) => this.#report(error, 'a watch could not be ended'))
    this.#watchLater()
  }

  #watchLater(): void {
    if (this.#isStopped) return
    this.#next = this.#environment.clock.schedule(() => {
      this.#watching = this.#watch()
    }, this.#retries.next())
  }

  #report(error: unknown, what: string): void {
    const { kind: scope, log } = this.#environment
    log.error({ scope, err: error }, what)
  }
}
