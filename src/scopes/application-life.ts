import { ScopesError } from '../errors/scopes-error.js'
import type { Cancel, Clock } from '../support/clock.js'
import { Turns } from '../support/turns.js'

export interface ApplicationLifeOptions {
  readonly application: string
  readonly clock: Clock
  /** The idle time after which the application ends by itself; null: never. */
  readonly timeoutMs: number | null
  /** If it returns false or throws, the application is not started. */
  readonly onStart: (data: Record<string, unknown>) => unknown
  readonly onEnd: (data: Record<string, unknown>) => unknown
}

/**
 * The life of an application on this node, and its scope: plain values in memory. The first request starts it, once, even
 * if several come at the same time. It ends when idle or by `stop()`; the next request starts it again.
 */
export class ApplicationLife {
  readonly #options: ApplicationLifeOptions
  readonly #turns = new Turns()
  #data: Record<string, unknown> = {}
  #isStarted = false
  #starting: Promise<void> | undefined
  #usedAt = 0
  #idleCheck: Cancel = () => {}

  constructor(options: ApplicationLifeOptions) {
    this.#options = options
  }

  /** The application scope. Each start begins with an empty one. */
  get data(): Record<string, unknown> {
    return this.#data
  }

  get isStarted(): boolean {
    return this.#isStarted
  }

  /**
   * Starts the application if needed, and counts as a use; undefined if it is started already. Rejects with the error
   * of `onStart`, or APPLICATION_NOT_STARTED.
   */
  use(): Promise<void> | undefined {
    if (!this.#isStarted || this.#isIdle()) return this.#startOnce()
    this.#usedAt = this.#options.clock.now()
    return undefined
  }

  /** Runs the end handler if the application is started. */
  stop(): Promise<void> {
    return this.#turns.run(() => this.#end())
  }

  #startOnce(): Promise<void> {
    this.#starting ??= this.#turns
      .run(async () => {
        if (this.#isIdle()) await this.#end()
        await this.#start()
      })
      .finally(() => {
        this.#starting = undefined
      })
    return this.#starting
  }

  async #start(): Promise<void> {
    const { application, clock, onStart } = this.#options
    const data = {}
    if ((await onStart(data)) === false)
      throw new ScopesError('APPLICATION_NOT_STARTED', { application, reason: 'onApplicationStart returned false' })
    this.#data = data
    this.#isStarted = true
    this.#usedAt = clock.now()
    this.#checkIdleLater()
  }

  async #end(): Promise<void> {
    if (!this.#isStarted) return
    this.#isStarted = false
    this.#idleCheck()
    await this.#options.onEnd(this.#data)
  }

  #isIdle(): boolean {
    const { clock, timeoutMs } = this.#options
    return timeoutMs !== null && clock.now() - this.#usedAt >= timeoutMs
  }

  #checkIdleLater(): void {
    const { clock, timeoutMs } = this.#options
    if (timeoutMs === null) return
    this.#idleCheck = clock.schedule(
      () => {
        if (this.#isIdle()) void this.stop()
        else this.#checkIdleLater()
      },
      this.#usedAt + timeoutMs - clock.now(),
    )
  }
}
