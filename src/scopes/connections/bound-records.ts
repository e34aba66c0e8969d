import type { Logger } from '../../support/logger.js'
import type { ApplicationLife } from '../application-life.js'
import type { InFlight } from '../in-flight.js'
import type { Scope } from '../scope.js'
import type { ScopeKind } from '../settings.js'
import type { Connections } from './connections.js'

/** The application of a live connection, on this node. */
export interface ConnectedApplication {
  /** For messages. */
  readonly name: string
  readonly life: ApplicationLife
  readonly inFlight: InFlight
  readonly connections: Connections
  readonly log: Logger
}

/** A scope that a live connection uses. */
export interface Bound {
  readonly scope: Scope
  /** Of the record that the visitor had when the connection was opened; undefined if there was none. */
  readonly id: string | undefined
}

/** The declared scopes of the application. */
export type BoundRecords = { readonly [Kind in ScopeKind]?: Bound }

/** The record whose end is the end of the connection: the session, or the client where the application has no sessions. */
export const decisive = <Part>({ client, session }: { readonly [Kind in ScopeKind]?: Part }): Part | undefined =>
  session ?? client
