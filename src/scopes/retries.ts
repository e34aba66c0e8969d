import type { Cancel } from '../support/clock.js'
import type { ScopeEnvironment } from './environment.js'

const firstDelayMs = 250
const longestDelayMs = 30_000

/** Tries again what the store did not take: later each time, with jitter, until nothing is left. */
export class Retries {
  readonly #environment: ScopeEnvironment
  readonly #flush: () => Promise<number>
  #attempts = 0
  #down = false
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
    const { clock, emit, kind: scope, log } = this.#environment
    if (!this.#down) {
      this.#down = true
      log.error({ scope, err: error }, 'backups fail; records go on in memory and are tried again')
      emit('storage:unavailable', { scope, error })
    }
    if (!this.#stopped) this.#pending ??= clock.schedule(() => void this.#retry(), this.#delay())
  }

  /** For good: what fails from now on is not tried again. */
  stop(): void {
    this.#stopped = true
    this.#pending?.()
  }

  async #retry(): Promise<void> {
    const { emit, kind: scope, log } = this.#environment
    this.#pending = undefined
    this.#attempts += 1
    if ((await this.#flush()) > 0) return
    this.#down = false
    this.#attempts = 0
    log.info({ scope }, 'everything that waited is backed up')
    emit('storage:available', { scope })
  }

  #delay(): number {
    const longest = Math.min(firstDelayMs * 2 ** this.#attempts, longestDelayMs)
    return longest * (0.5 + Math.random() / 2)
  }
}
