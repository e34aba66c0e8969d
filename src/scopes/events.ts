import type { ScopeKind } from './settings.js'

/** The reason of an end. `evicted`: a later login took its place under a limit; `ended`: by a directory. */
export type EndReason = 'timeout' | 'lifetime' | 'invalidated' | 'evicted' | 'ended'

interface OfRecord {
  readonly scope: ScopeKind
  readonly id: string
}

/** The events in the life of every record. Their names begin with the scope, as in `session:start` and `client:start`. */
interface LifeEventMap {
  /** The record was stored for the first time. */
  start: [OfRecord]
  /** The record got a new secret. */
  rotate: [OfRecord]
  /** A login gave the record to this principal. */
  login: [OfRecord & { readonly principal: string }]
  /**
   * A request came with the id of this record and a wrong secret, and got nothing of it. `superseded`: the secret was the
   * record's own until a moment ago, as that of a poll sent during a login. `wrong`: any other.
   */
  refused: [OfRecord & { readonly reason: 'superseded' | 'wrong' }]
  /** The record was ended and its end handler, if there is one, has run. */
  end: [OfRecord & { readonly reason: EndReason; readonly attempt: number }]
  /** The end handler threw at every attempt; the record is gone. */
  'dead-letter': [OfRecord & { readonly reason: EndReason; readonly attempt: number; readonly error: unknown }]
}

type LifeEventsOf<Scope extends ScopeKind> = {
  [Event in keyof LifeEventMap as `${Scope}:${Event}`]: LifeEventMap[Event]
}

/** The events of an application: each name with the one argument that its listeners get. */
export interface ScopeEventMap extends LifeEventsOf<'session'>, LifeEventsOf<'client'> {
  /** A session of an earlier program was adopted. `principal`: null for a visitor who is not logged in. */
  'session:adopted': [OfRecord & { readonly principal: string | null }]
  /** A record ended while a request was changing it: the changes are lost, the end stands. */
  'scope:lost': [OfRecord]
  /** An attribute reads as absent because its stored bytes cannot be decoded. */
  'scope:undecodable': [OfRecord & { readonly name: string; readonly error: unknown }]
  /** A value was changed in place after the final commit of its request. */
  'scope:late-change': [OfRecord & { readonly names: readonly string[] }]
  /** An operation was begun after the final commit of its request and not awaited. `where`: the route, as `GET /cart`. */
  'scope:late-operation': [{ readonly scope: ScopeKind; readonly id: string | undefined; readonly where: string }]
  /** The store of the scope cannot be reached, or does not answer. Emitted once per outage. */
  'storage:unavailable': [{ readonly scope: ScopeKind; readonly error: unknown }]
  /** The store is available again, and all changes that waited for it are saved. */
  'storage:available': [{ readonly scope: ScopeKind }]
}

export type Emit = <E extends keyof ScopeEventMap>(event: E, what: ScopeEventMap[E][0]) => void
