import { ScopesError } from '../errors/scopes-error.js'
import { Cluster } from './cluster/cluster.js'
import type { EndWatch } from './ends/end-watch.js'
import { endedOnce } from './ends/ended-once.js'
import type { EndHandler } from './ends/run-end-handler.js'
import type { ScopeBasics, ScopeEnvironment, SealedEnvironment } from './environment.js'
import { MemoryFirst } from './memory-first/memory-first.js'
import { Idioms } from './record/idioms.js'
import { LateOperations } from './record/late-operations.js'
import { LockQueue } from './record/lock-queue.js'
import { Refusals } from './record/refusals.js'
import { Releases } from './record/releases.js'
import type { Strategy } from './record/strategy.js'
import { Transients } from './record/transients.js'
import { Undoings } from './record/undoings.js'
import { Sealed } from './sealed/sealed.js'
import type { ScopeKind } from './settings.js'
import { Upkeep } from './upkeep.js'

/*
 * The scopes: how sessions and clients are loaded, changed, saved and ended. Begin here, then read `request/handle.ts` for
 * what an application calls. The rooms, each built on those before it:
 *
 * - attributes: the values of one record, decoded and encoded, and the delta of what changed
 * - record: a record's credential, its changes, and `strategy.ts`, the interface of the ways to keep records
 * - cluster, memory-first: the two modes of a store, `cluster: true` and `cluster: false`
 * - sealed: no store; the record itself is in its visitor's cookie
 * - ends: expired and ended records are claimed, given to the end handler and settled; listeners are notified
 * - the files beside this one: settings, events, the application scope, outages, the upkeep between requests
 * - request: one scope in one request, its data object, its handle, locks, limits, and the directory
 * - connections: live connections, which outlive their request: the record each is bound to, its runs and its end
 */

/** One scope of one application on this node. */
export class Scope {
  readonly environment: ScopeBasics
  readonly strategy: Strategy
  readonly lockQueue: LockQueue
  readonly releases = new Releases()
  readonly refusals: Refusals
  readonly undoings: Undoings
  readonly lateOperations: LateOperations
  readonly idioms: Idioms
  readonly transients: Transients
  /** Absent if the records are sealed. */
  readonly #stored: { readonly environment: ScopeEnvironment; readonly upkeep: Upkeep } | undefined

  constructor(environment: ScopeEnvironment | SealedEnvironment, onEnd?: EndHandler) {
    this.environment = environment
    this.strategy = strategyOf(environment, onEnd)
    this.lockQueue = new LockQueue(environment.kind, environment.clock)
    this.refusals = new Refusals(environment)
    this.undoings = new Undoings(environment.log)
    this.lateOperations = new LateOperations(environment)
    this.idioms = new Idioms(environment)
    this.transients = new Transients(environment.settings, environment.clock)
    if (!('sealing' in environment)) this.#stored = { environment, upkeep: new Upkeep(environment, this, onEnd) }
  }

  get kind(): ScopeKind {
    return this.environment.kind
  }

  /** The environment for an operation that needs the store. Throws SCOPE_SEALED if there is none. */
  storedFor(operation: string): ScopeEnvironment {
    return this.#storedFor(operation).environment
  }

  /** Absent if the records are sealed. */
  get upkeep(): Upkeep | undefined {
    return this.#stored?.upkeep
  }

  /** Throws SCOPE_SEALED. */
  get ends(): EndWatch {
    return this.#storedFor('onEnd()').upkeep.ends
  }

  started(id: string): void {
    this.environment.emit(`${this.kind}:start`, { scope: this.kind, id })
  }

  loggedIn(id: string, principal: string): void {
    this.environment.emit(`${this.kind}:login`, { scope: this.kind, id, principal })
  }

  #storedFor(operation: string) {
    const { application } = this.environment
    if (!this.#stored) throw new ScopesError('SCOPE_SEALED', { scope: this.kind, application, operation })
    return this.#stored
  }
}

function strategyOf(environment: ScopeEnvironment | SealedEnvironment, onEnd: EndHandler | undefined): Strategy {
  if ('sealing' in environment) return new Sealed(environment, (record) => endedOnce(environment, record, onEnd))
  return environment.settings.cluster ? new Cluster(environment) : new MemoryFirst(environment)
}
