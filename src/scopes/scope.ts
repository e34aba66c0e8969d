import type { ChangeNotice } from '../storage/contract.js'
import { Cluster } from './cluster/cluster.js'
import { EndWatch } from './ends/end-watch.js'
import { type EndHandler, Reaper } from './ends/reaper.js'
import { Watch } from './ends/watch.js'
import type { ScopeEnvironment } from './environment.js'
import { MemoryFirst } from './memory-first/memory-first.js'
import { Outage } from './outage.js'
import { LateOperations } from './record/late-operations.js'
import { LockQueue } from './record/lock-queue.js'
import { Refusals } from './record/refusals.js'
import { Releases } from './record/releases.js'
import { wasJustReplaced } from './record/replaced-seals.js'
import type { OpenResult, Strategy } from './record/strategy.js'
import { Undoings } from './record/undoings.js'
import type { ScopeKind } from './settings.js'

/*
 * The scopes: how sessions and clients are loaded, changed, saved and ended. Begin here, then read `request/handle.ts` for
 * what an application calls. The rooms, each built on those before it:
 *
 * - attributes: the values of one record, decoded and encoded, and the delta of what changed
 * - record: a record's credential, its changes, and `strategy.ts`, the interface of the two modes
 * - cluster, memory-first: the two modes, `cluster: true` and `cluster: false`
 * - ends: expired and ended records are claimed, given to the end handler and settled; listeners are notified
 * - the files beside this one: settings, events, the application scope, outages
 * - request: one scope in one request, its data object, its handle, locks, limits, and the directory
 * - connections: live connections, which outlive their request: the record each is bound to, its runs and its end
 */

/** One scope of one application on this node. */
export class Scope {
  readonly environment: ScopeEnvironment
  readonly strategy: Strategy
  readonly ends: EndWatch
  readonly lockQueue: LockQueue
  readonly releases = new Releases()
  readonly refusals: Refusals
  readonly undoings: Undoings
  readonly lateOperations: LateOperations
  readonly #reaper: Reaper
  readonly #watch: Watch
  readonly #outage: Outage
  /** Whether ends of records on other nodes may have been missed. */
  #isBlind = true

  constructor(environment: ScopeEnvironment, onEnd?: EndHandler) {
    this.environment = environment
    this.strategy = environment.settings.cluster ? new Cluster(environment) : new MemoryFirst(environment)
    this.ends = new EndWatch(environment, (id) => this.strategy.backlog?.owes(id) ?? false)
    this.lockQueue = new LockQueue(environment.kind, environment.clock)
    this.refusals = new Refusals(environment)
    this.undoings = new Undoings(environment.log)
    this.lateOperations = new LateOperations(environment)
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

  get kind(): ScopeKind {
    return this.environment.kind
  }

  /** Whether the release of a lock by another node is reported at once. */
  get hearsReleases(): boolean {
    return this.#watch.isListening
  }

  started(id: string): void {
    this.environment.emit(`${this.kind}:start`, { scope: this.kind, id })
  }

  loggedIn(id: string, principal: string): void {
    this.environment.emit(`${this.kind}:login`, { scope: this.kind, id, principal })
  }

  /** Called with the answer to each credential that a visitor presents. `superseded`: its secret has just been replaced. */
  presented(id: string, seal: string, result: OpenResult): 'superseded' | undefined {
    if (result.status === 'missing') this.refusals.miss()
    if (result.status !== 'refused') return undefined
    const isSuperseded = wasJustReplaced(result.replaced, seal, this.environment.clock.now())
    this.refusals.refuse(id, isSuperseded ? 'superseded' : 'wrong')
    return isSuperseded ? 'superseded' : undefined
  }

  /** Called when nothing is left in a record: to its listeners that is an end, on this node as on the others. */
  vacated(id: string): void {
    this.ends.ended(id)
  }

  /** Called when a record was ended before it expired: drops it from this node's memory, and runs its end handler soon. */
  ended(id: string): void {
    this.#forget(id)
    this.#reaper.endSoon(id)
  }

  /** Saves the backlog before a sweep. No record ends while it has unsaved changes here, because its end handler must get them. */
  async #prepareSweep(): Promise<boolean> {
    if ((await this.strategy.backlog?.catchUp()) === false) return false
    await this.undoings.run()
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
    this.strategy.forget(id)
    this.ends.ended(id)
  }

  #hear(notice: ChangeNotice): void {
    if (notice.kind !== 'saved') this.releases.happened(notice.id)
    if (notice.kind === 'unlocked') return
    this.strategy.onChange(notice)
    if (notice.kind === 'ended') this.ends.ended(notice.id)
  }

  #miss(): void {
    this.strategy.onGap()
    this.releases.mayHaveHappened()
    this.#isBlind = true
  }
}
