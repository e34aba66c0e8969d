import type { ApplicationConfig } from '../config/config.js'
import type { ServedScopes } from '../http/served-scopes.js'
import type { ApplicationLife } from '../scopes/application-life.js'
import type { Scope } from '../scopes/scope.js'
import type { Logger } from '../support/logger.js'
import type { EventHandlers } from './handlers.js'

/** Scopes of which nothing is known at compile time. */
export interface AnyScopes {
  readonly application: Record<string, unknown>
  readonly session: Record<string, unknown>
  readonly client: Record<string, unknown>
}

/** An application as it is served: its configuration, its handlers, and its scopes on this node. */
export interface ServedApplication extends ServedScopes {
  readonly config: ApplicationConfig
  /** The definition, as far as requests and ends need it. */
  readonly handlers: EventHandlers<AnyScopes>
  readonly life: ApplicationLife
  readonly log: Logger
}

/** The record scopes that the application declares. */
export const scopesOf = ({ session, client }: ServedApplication): readonly Scope[] =>
  [session, client].flatMap((served) => (served ? [served.scope] : []))
