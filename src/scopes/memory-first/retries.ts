import { Backoff } from '../../support/backoff.js'
import type { Cancel } from '../../support/clock.js'
import type { ScopeEnvironment } from '../environment.js'

const firstDelayMs = 250
const longestDelayMs = 30_000

/** Tries again what the store did not take: later each time, with jitter, until nothing is left. */
export class Retries {
  readonly #environment: ScopeEnvironment
  readonly #flush: () => Promise<number>
  readonly #delays = new Backoff(firstDelayMs, longestDelayMs)
  #isTold = false
  #stopped = false
  #pending: Cancel | undefined

  constructor(environment: ScopeEnvironment, flush: () => Promise<number>) {
    this.#environment = environment
    this.#flush = flush
  }

  get isPending(): boolean {
    return this.#pending !== undefined
  }

  failed(error: unknown): void {
    const { clock, kind: scope, log } = this.#environment
    if (!this.#isTold) log.error({ scope, err: error }, 'backups fail; records go on in memory and are tried again')
    this.#isTold = true
    if (!this.#stopped) this.#pending ??= clock.schedule(() => void this.#retry(), this.#delays.next())
  }

  /** For good: what fails from now on is not tried again. */
  stop(): void {
    this.#stopped = true
    this.#pending?.()
  }

  async #retry(): Promise<void> {
    const { kind: scope, log } = this.#environment
    this.#pending = undefined
    if ((await this.#flush()) > 0) return
    this.#isTold = false
    this.#delays.reset()
    log.info({ scope }, 'everything that waited is backed up')
  }
}
