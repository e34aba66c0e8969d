import type { Codec } from '../codec/codec.js'
import type { Version } from '../storage/contract.js'
import type { Availability } from '../storage/guard/availability.js'
import type { GuardedSpace } from '../storage/guard/guarded-space.js'
import type { Clock } from '../support/clock.js'
import type { Logger } from '../support/logger.js'
import type { Emit } from './events.js'
import type { InFlight } from './in-flight.js'
import type { ScopeKind, ScopeSettings } from './settings.js'

/** The space in which a scope stores its records, with what it has to know of the store. */
export interface ScopeStorage {
  readonly space: GuardedSpace
  /** The store's clock. */
  readonly clock: Clock
  readonly availability: Availability
  /** Whether a memory-first scope asks the store at every request, so that what other processes do holds at once. */
  readonly asksEachRequest: boolean
}

/** The parts that all code for one scope of one application works with. */
export interface ScopeEnvironment extends ScopeStorage {
  readonly application: string
  readonly kind: ScopeKind
  readonly settings: ScopeSettings
  readonly codec: Codec
  readonly log: Logger
  readonly emit: Emit
  readonly inFlight: InFlight
  /**
   * Whether a record without attributes is kept. True if the application defines `onSessionStart`, because then even an
   * empty session has a meaning.
   */
  readonly keepsEmpty: boolean
  readonly newVersion: () => Version
}
