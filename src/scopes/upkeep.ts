import type { ChangeNotice } from '../storage/contract.js'
import { EndWatch } from './ends/end-watch.js'
import { Reaper } from './ends/reaper.js'
import type { EndHandler } from './ends/run-end-handler.js'
import { Watch } from './ends/watch.js'
import type { ScopeEnvironment } from './environment.js'
import { Outage } from './outage.js'
import type { Releases } from './record/releases.js'
import type { Strategy } from './record/strategy.js'
import type { Transients } from './record/transients.js'
import type { Undoings } from './record/undoings.js'

/** The parts of a scope that its upkeep works for. */
export interface Kept {
  readonly strategy: Strategy
  readonly releases: Releases
  readonly undoings: Undoings
  readonly transients: Transients
}

/** What goes on between the requests of a scope whose records are in a store: ends, notices of other nodes, outages. */
export class Upkeep {
  readonly ends: EndWatch
  readonly #kept: Kept
  readonly #reaper: Reaper
  readonly #watch: Watch
  readonly #outage: Outage
  /** Whether ends of records on other nodes may have been missed. */
  #isBlind = true

  constructor(environment: ScopeEnvironment, kept: Kept, onEnd?: EndHandler) {
    this.#kept = kept
    this.ends = new EndWatch(environment, (id) => kept.strategy.backlog?.owes(id) ?? false)
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

  /** Begins no further ends. Resolves when the end handlers under way have finished. */
  async stop(): Promise<void> {
    await Promise.all([this.#reaper.stop(), this.#watch.stop()])
  }

  /** Resolves when the end handlers that are under way now have finished. */
  idle(): Promise<void> {
    return this.#reaper.idle()
  }

  /** Whether the release of a lock by another node is reported at once. */
  get hearsReleases(): boolean {
    return this.#watch.isListening
  }

  /** Called when a record was ended before it expired. Drops it from this node's memory; its end handler runs soon. */
  ended(id: string): void {
    this.#forget(id)
    this.#reaper.endSoon(id)
  }

  /** Saves the backlog before a sweep. No record ends while it has unsaved changes here, because its end handler must get them. */
  async #prepareSweep(): Promise<boolean> {
    const { strategy, transients, undoings } = this.#kept
    transients.purge()
    if ((await strategy.backlog?.catchUp()) === false) return false
    await undoings.run()
    this.#outage.end()
    await this.#lookForEnds()
    return true
  }

  /** A gap that is reported meanwhile, and a look that fails or does not take place, leave it blind. */
  async #lookForEnds(): Promise<void> {
    const wasBlind = this.#isBlind
    this.#isBlind = !this.#watch.isListening
    try {
      if (!wasBlind) await this.ends.lookForAdded()
      else if (!(await this.ends.look())) this.#isBlind = true
    } catch (error) {
      this.#isBlind = true
      throw error
    }
  }

  #forget(id: string): void {
    this.#kept.strategy.forget?.(id)
    this.#kept.transients.forget(id)
    this.ends.ended(id)
  }

  #hear(notice: ChangeNotice): void {
    const { releases, strategy, transients } = this.#kept
    if (notice.kind !== 'saved') releases.happened(notice.id)
    if (notice.kind === 'unlocked') return
    strategy.onChange?.(notice)
    if (notice.kind !== 'ended') return
    transients.forget(notice.id)
    this.ends.ended(notice.id)
  }

  #miss(): void {
    this.#kept.strategy.onGap?.()
    this.#kept.releases.mayHaveHappened()
    this.#isBlind = true
  }
}
