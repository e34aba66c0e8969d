import type { Codec } from '../codec/codec.js'
import type { ObjectSpace, Version } from '../storage/contract.js'
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

/** The parts that all code for one scope of one application works with, wherever its records are. */
export interface ScopeBasics {
  readonly application: string
  readonly kind: ScopeKind
  readonly settings: ScopeSettings
  readonly codec: Codec
  readonly clock: Clock
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

/** The parts of a scope whose records are in a store. */
export interface ScopeEnvironment extends ScopeBasics, ScopeStorage {}

/** What a scope needs whose records are sealed in the cookies of their visitors. */
export interface Sealing {
  /** At least one, of at least 32 bytes each. The first seals, each opens. */
  readonly keys: readonly string[]
  /** The name of the cookie. A text sealed for another one does not open. */
  readonly cookie: string
  /** The longest text that the cookies of one record can carry. */
  readonly mostLetters: number
  /** The same with a second cookie, for messages. Absent if a second one is allowed. */
  readonly mostLettersInTwo?: number
  /** Where ended and rotated records are kept until they have expired. Absent: they open until then. */
  readonly revocations?: ObjectSpace
}

/** The parts of a scope whose records are sealed. */
export interface SealedEnvironment extends ScopeBasics {
  readonly sealing: Sealing
}
