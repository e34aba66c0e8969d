import type { Scope } from '../scopes/scope.js'
import type { ScopeKind } from '../scopes/settings.js'
import type { Caching } from './caching.js'
import type { Exchange } from './carrier.js'
import type { Carriers } from './carriers.js'

/** A record scope, and the carriers of its credential. */
export interface ServedScope {
  readonly scope: Scope
  readonly carriers: Carriers
}

/** The declared record scopes of one application. */
export type ServedScopes = { readonly [Kind in ScopeKind]?: ServedScope } & {
  /** The application's name, for messages. */
  readonly name: string
  readonly caching: Caching
  /** What the application says of a login that this exchange makes. */
  readonly describe?: (exchange: Exchange) => unknown
}
