import type { ChangeNotice, EpochMs } from '../storage/contract.js'
import { Cluster } from './cluster/cluster.js'
import { EndWatch } from './ends/end-watch.js'
import { type EndHandler, Reaper } from './ends/reaper.js'
import { Watch } from './ends/watch.js'
import type { ScopeEnvironment } from './environment.js'
import { MemoryFirst } from './memory-first/memory-first.js'
import { Outage } from './outage.js'
import { LockQueue } from './record/lock-queue.js'
import type { Strategy } from './record/strategy.js'
import type { ScopeKind } from './settings.js'

/** A poll sent during a login may come with the secret that the login has just replaced; for so long it is told so. */
const replacedForMs = 60_000

/** One scope of one application on this node. */
export class Scope {
  readonly environment: ScopeEnvironment
  readonly strategy: Strategy
  readonly ends: EndWatch
  readonly lockQueue: LockQueue
  readonly #reaper: Reaper
  readonly #watch: Watch
  readonly #outage: Outage
  /** Ends of records may have been missed. */
  #isBlind = true

  constructor(environment: ScopeEnvironment, onEnd?: EndHandler) {
    this.environment = environment
    this.strategy = environment.settings.cluster ? new Cluster(environment) : new MemoryFirst(environment)
    this.ends = new EndWatch(environment)
    this.lockQueue = new LockQueue(environment.kind, environment.clock)
    this.#reaper = new Reaper(
      environment,
      { prepare: () => this.#prepareSweep(), onClaim: (id) => this.#forget(id) },
      onEnd,
    )
    this.#watch = new Watch(environment, {
      onChange: (notice) => this.#hear(notice),
      onGap: () => this.#miss(),
    })
    this.#outage = new Outage(environment)
  }

  start(): void {
    this.#reaper.start()
    this.#watch.start()
  }

  /** Begins nothing more; resolves when the end handlers under way have finished. */
  async stop(): Promise<void> {
    await Promise.all([this.#reaper.stop(), this.#watch.stop()])
  }

  get kind(): ScopeKind {
    return this.environment.kind
  }

  wasJustReplaced(sealedAt: EpochMs): boolean {
    return this.environment.clock.now() - sealedAt < replacedForMs
  }

  started(id: string): void {
    this.environment.emit(`${this.kind}:start`, { scope: this.kind, id })
  }

  /** A record was ended before its time: nothing here holds it any longer, and its end handler runs soon. */
  ended(id: string): void {
    this.#forget(id)
    this.#reaper.endSoon(id)
  }

  /** Nothing ends while this node owes the store something: an end handler gets everything that is known. */
  async #prepareSweep(): Promise<boolean> {
    if ((await this.strategy.backlog?.catchUp()) === false) return false
    this.#outage.end()
    if (this.#isBlind) {
      this.#isBlind = !this.#watch.isListening
      await this.ends.look()
    }
    return true
  }

  #forget(id: string): void {
    this.strategy.forget(id)
    this.ends.ended(id)
  }

  #hear(notice: ChangeNotice): void {
    this.strategy.onChange(notice)
    if (notice.kind !== 'saved') this.ends.ended(notice.id)
  }

  #miss(): void {
    this.strategy.onGap()
    this.#isBlind = true
  }
}
