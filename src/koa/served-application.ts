import type { ApplicationConfig } from '../config/config.js'
import type { ServedScopes } from '../http/served-scopes.js'
import type { ApplicationLife } from '../scopes/application-life.js'
import type { Connections } from '../scopes/connections/connections.js'
import type { InFlight } from '../scopes/in-flight.js'
import type { Scope } from '../scopes/scope.js'
import type { Clock } from '../support/clock.js'
import type { Logger } from '../support/logger.js'
import type { FailureLog } from './failure-log.js'
import type { EventHandlers } from './handlers.js'

/** Scopes with unknown attributes. */
export interface AnyScopes {
  readonly application: Record<string, unknown>
  readonly session: Record<string, unknown>
  readonly client: Record<string, unknown>
}

/** An application on this node: its configuration, its handlers, and its scopes. */
export interface ServedApplication extends ServedScopes {
  readonly config: ApplicationConfig
  /** The event handlers of the definition. */
  readonly handlers: EventHandlers<AnyScopes>
  readonly life: ApplicationLife
  /** The requests of all applications of the container. */
  readonly inFlight: InFlight
  /** The live connections of all applications of the container. */
  readonly connections: Connections
  readonly clock: Clock
  readonly log: Logger
  /** The log of failed requests. */
  readonly failures: FailureLog
}

/** The declared record scopes of the application. */
export const scopesOf = ({ session, client }: ServedApplication): readonly Scope[] =>
  [session, client].flatMap((served) => (served ? [served.scope] : []))
