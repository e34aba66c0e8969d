import type { RecordScope } from '../config/config.js'
import type { EpochMs } from '../storage/contract.js'
import { Cluster } from './cluster.js'
import type { ScopeEnvironment } from './environment.js'
import { MemoryFirst } from './memory-first.js'
import type { Strategy } from './open-record.js'
import { type EndHandler, Reaper } from './reaper.js'
import { renewalStepOf } from './renewal.js'
import { Watch } from './watch.js'

/** A poll sent during a login may come with the secret that the login has just replaced; for so long it is told so. */
const replacedForMs = 60_000

/** One scope of one application on this node. */
export class Scope {
  readonly environment: ScopeEnvironment
  readonly strategy: Strategy
  readonly reaper: Reaper
  readonly #watch: Watch

  constructor(environment: ScopeEnvironment, onEnd?: EndHandler) {
    this.environment = environment
    this.strategy = environment.config.cluster ? new Cluster(environment) : new MemoryFirst(environment)
    this.reaper = new Reaper(environment, this.strategy, onEnd)
    this.#watch = new Watch(environment, this.strategy)
  }

  start(): void {
    this.reaper.start()
    this.#watch.start()
  }

  /** Begins nothing more; resolves when the end handlers under way have finished. */
  async stop(): Promise<void> {
    await Promise.all([this.reaper.stop(), this.#watch.stop()])
  }

  get kind(): RecordScope {
    return this.environment.kind
  }

  wasJustReplaced(sealedAt: EpochMs): boolean {
    return this.environment.clock.now() - sealedAt < replacedForMs
  }

  /** Whether a persistent cookie has slid far enough since the access before to be sent again. */
  isRenewalDue(lastTouchedAt: EpochMs): boolean {
    const { clock, config } = this.environment
    if (!config.cookie.persistent) return false
    const step = renewalStepOf(config.timeoutMs)
    return Math.floor(lastTouchedAt / step) !== Math.floor(clock.now() / step)
  }

  started(id: string): void {
    this.environment.emit(`${this.kind}:start`, { scope: this.kind, id })
  }

  /** A record was ended before its time: nothing here holds it any longer, and its end handler runs soon. */
  ended(id: string): void {
    this.strategy.forget(id)
    this.reaper.endSoon(id)
  }
}
