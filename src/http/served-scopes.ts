import type { Scope } from '../scopes/scope.js'
import type { ScopeKind } from '../scopes/settings.js'
import type { Caching } from './caching.js'
import type { Carrier } from './carrier.js'

/** A record scope, and the carrier of its credential. */
export interface ServedScope {
  readonly scope: Scope
  readonly carrier: Carrier
}

/** The declared record scopes of one application. */
export type ServedScopes = { readonly [Kind in ScopeKind]?: ServedScope } & {
  /** The application's name, for messages. */
  readonly name: string
  readonly caching: Caching
}
