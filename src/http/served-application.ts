import type { ApplicationLife } from '../scopes/application-life.js'
import type { Scope } from '../scopes/scope.js'
import type { Logger } from '../support/logger.js'
import type { EventHandlers } from './handlers.js'
import type { ScopeCookie } from './scope-cookie.js'

/** Scopes of which nothing is known at compile time. */
export interface AnyScopes {
  readonly application: Record<string, unknown>
  readonly session: Record<string, unknown>
  readonly client: Record<string, unknown>
}

/** A record scope with the cookie that names its record. */
export interface ServedScope {
  readonly scope: Scope
  readonly cookie: ScopeCookie
}

/** An application as the middleware serves it. */
export interface ServedApplication {
  readonly name: string
  readonly life: ApplicationLife
  readonly session?: ServedScope
  readonly client?: ServedScope
  readonly handlers: EventHandlers<AnyScopes>
  /** Path prefixes that open no scope. */
  readonly scopeless: readonly string[]
  readonly log: Logger
}
