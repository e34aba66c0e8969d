import type { Codec } from '../codec/codec.js'
import type { Version } from '../storage/contract.js'
import type { Availability } from '../storage/guard/availability.js'
import type { GuardedSpace } from '../storage/guard/guarded-space.js'
import type { Clock } from '../support/clock.js'
import type { Logger } from '../support/logger.js'
import type { Emit } from './events.js'
import type { ScopeKind, ScopeSettings } from './settings.js'

/** Where the records of a scope are. */
export interface ScopeStorage {
  readonly space: GuardedSpace
  /** The store's time. */
  readonly clock: Clock
  readonly availability: Availability
}

/** What everything that serves one scope of one application works with. */
export interface ScopeEnvironment extends ScopeStorage {
  readonly application: string
  readonly kind: ScopeKind
  readonly settings: ScopeSettings
  readonly codec: Codec
  readonly log: Logger
  readonly emit: Emit
  /** A record without attributes stays: the application defines `onSessionStart`, so its existence means something. */
  readonly keepsEmpty: boolean
  readonly newVersion: () => Version
}
