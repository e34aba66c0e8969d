import { AsyncResource } from 'node:async_hooks'
import { isOutage } from '../../storage/guard/availability.js'
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
  /** Not in the asynchronous context of the request that failed, whose trace would get the saves of all the others. */
  readonly #retryOutside = AsyncResource.bind(() => void this.#retry())
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
    if (isOutage(error))
      log.debug({ scope, err: error }, 'a backup failed and will be tried again') // the cache reports it
    else if (!this.#isTold) {
      this.#isTold = true
      log.error({ scope, err: error }, 'backups fail; records go on in memory and are tried again')
    }
    if (!this.#stopped) this.#pending ??= clock.schedule(this.#retryOutside, this.#delays.next())
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
    this.#delays.reset()
    log[this.#isTold ? 'info' : 'debug']({ scope }, 'everything that waited is backed up')
    this.#isTold = false
  }
}
