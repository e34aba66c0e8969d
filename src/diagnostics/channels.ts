import { type Channel, channel, type TracingChannel, tracingChannel } from 'node:diagnostics_channel'

/*
 * What a process can observe of koa-scopes without a word in its log: the channels of `node:diagnostics_channel`. A tracing
 * channel `koa-scopes:load` is the five channels `tracing:koa-scopes:load:start`, `:end`, `:asyncStart`, `:asyncEnd` and
 * `:error`, which share one message per operation. Without a subscriber nothing is published and no message is made.
 */

type ScopeKind = 'session' | 'client'
type Mode = 'cluster' | 'memory-first' | 'sealed'

interface OfScope {
  readonly application: string
  readonly scope: ScopeKind
}

/** One call to a store, also of upkeep between requests. */
export interface StoreCall {
  readonly cache: string
  readonly driver: string
  /** The space or object space, as in `shop:session`; absent for a call of the whole cache, such as health. */
  readonly space?: string
  /** The operation of the driver contract, such as `load`, `save`, `claimExpired`; of an object cache `objects.get` and so on. */
  readonly operation: string
  /** The status of the answer, if it has one, such as `loaded`, `unchanged`, `saved`; set before `asyncEnd`. */
  outcome?: string
}

/** One scope is opened for a request, or for a run of a live connection, that brought a credential. */
export interface Load extends OfScope {
  readonly mode: Mode
  /**
   * `opened`: from the store or its visitor's cookie. `held`: from this node's memory, without asking. `missing`, `refused`:
   * no credential opened a record. `unavailable`: the store did not answer.
   */
  outcome?: 'opened' | 'held' | 'missing' | 'refused' | 'unavailable'
}

/** The changes of one scope in one request are saved. Not published if nothing has changed. */
export interface Commit extends OfScope {
  readonly mode: Mode
  /** The number of attributes set and removed. */
  readonly attributes: number
  /** The encoded size of what is set. */
  readonly bytes: number
  /** As of `commit()`: `saved`, `dropped`, `missing`, `conflict`, `resealed`, `unlocked`. */
  outcome?: string
}

/** One record has ended, and its end handler runs. */
export interface End extends OfScope {
  readonly id: string
  readonly reason: string
  /** From 1. */
  readonly attempt: number
}

/** A store became unavailable, or is available again. */
export interface OutageChange {
  readonly cache: string
  readonly isAvailable: boolean
  /** Why it is unavailable. */
  readonly reason?: string
  /** How long it was unavailable. */
  readonly durationMs?: number
  /** How many calls failed meanwhile. */
  readonly failures?: number
}

export interface Channels {
  readonly store: TracingChannel<StoreCall>
  readonly load: TracingChannel<Load>
  readonly commit: TracingChannel<Commit>
  readonly end: TracingChannel<End>
  /** Its messages are `OutageChange`. */
  readonly outage: Channel<unknown, unknown>
}

/** The channels, for whoever subscribes and for whoever publishes. */
export const channels: Channels = {
  store: tracingChannel('koa-scopes:store'),
  load: tracingChannel('koa-scopes:load'),
  commit: tracingChannel('koa-scopes:commit'),
  end: tracingChannel('koa-scopes:end'),
  outage: channel('koa-scopes:outage'),
}
