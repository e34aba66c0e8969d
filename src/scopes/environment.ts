import type { Codec } from '../codec/codec.js'
import type { RecordScope, ScopeConfig } from '../config/config.js'
import type { Space, Version } from '../storage/contract.js'
import type { Clock } from '../support/clock.js'
import type { Logger } from '../support/logger.js'
import type { Emit } from './events.js'

/** What everything that serves one scope of one application works with. */
export interface ScopeEnvironment {
  readonly application: string
  readonly kind: RecordScope
  readonly config: ScopeConfig
  readonly space: Space
  readonly codec: Codec
  readonly clock: Clock
  readonly log: Logger
  readonly emit: Emit
  /** A record without attributes stays: the application defines `onSessionStart`, so its existence means something. */
  readonly keepsEmpty: boolean
  readonly newVersion: () => Version
}
