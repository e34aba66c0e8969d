import type { Scope } from '../scopes/scope.js'
import type { ScopeKind } from '../scopes/settings.js'
import type { Caching } from './caching.js'
import type { Carrier } from './carrier.js'

/** A record scope with what carries its credential. */
export interface ServedScope {
  readonly scope: Scope
  readonly carrier: Carrier
}

/** The record scopes of one application that are declared. */
export type ServedScopes = { readonly [Kind in ScopeKind]?: ServedScope } & {
  /** The application's name, for messages. */
  readonly name: string
  readonly caching: Caching
}
