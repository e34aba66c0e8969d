import { type Channel, channel, tracingChannel } from 'node:diagnostics_channel'

/*
 * What a process can observe of koa-scopes without a word in its log: the channels of `node:diagnostics_channel`. A tracing
 * channel `koa-scopes:load` is the five channels `tracing:koa-scopes:load:start`, `:end`, `:asyncStart`, `:asyncEnd` and
 * `:error`, which share one message per operation. Each operation ends with one `asyncEnd`, also if it waited for nothing.
 * Without a subscriber nothing is published and no message is made. No message holds a secret, a principal or an attribute.
 */

type ScopeKind = 'session' | 'client'
type Mode = 'cluster' | 'memory-first' | 'sealed'

/** One operation. The same object is published from `start` to `asyncEnd`. */
export interface Operation {
  /** How long it took; set before `error` and `asyncEnd`. */
  durationMs?: number
  /** Why it failed; set before `error`, and absent if it did not fail. */
  error?: unknown
}

interface OfScope extends Operation {
  readonly application: string
  readonly scope: ScopeKind
}

/** One call to a store, also of upkeep between requests. */
export interface StoreCall extends Operation {
  readonly cache: string
  readonly driver: string
  /** The space or object space, as in `shop:session`; absent for a call of the whole cache, such as health. */
  readonly space?: string
  /** The operation of the driver contract, such as `load`, `save`, `claimExpired`; of an object cache `objects.get` and so on. */
  readonly operation: string
  /**
   * The status of the answer, if it has one, such as `loaded`, `unchanged`, `saved`; set before `asyncEnd`. Of `matches`:
   * `matched`, `differs`. Of `objects.get`: `hit`, `miss`.
   */
  outcome?: string
}

/** One scope is opened: for a request that brought a credential, for a run of a live connection, or by a directory. */
export interface Load extends OfScope {
  readonly mode: Mode
  /**
   * Set before `asyncEnd`; of several credentials, that of the last. `opened`: from the store or its visitor's cookie. `held`: from this node's memory, without asking. `missing`, `refused`:
   * no credential opened a record. `unavailable`: the store did not answer, and the error is published too.
   */
  outcome?: 'opened' | 'held' | 'missing' | 'refused' | 'unavailable'
}

/**
 * The changes of one scope in one request are saved, or a change of the record itself, such as a login. Not published if
 * nothing has changed; an `increment()` is only a call to the store.
 */
export interface Commit extends OfScope {
  readonly mode: Mode
  /** The number of attributes set and removed. */
  readonly attributes: number
  /** The encoded size of what is set. */
  readonly bytes: number
  /** Set before `asyncEnd`: `saved`, `dropped`, `missing`, `conflict`, `resealed`, `unlocked`, or `unchanged` if nothing was to be stored. */
  outcome?: string
}

/** One record has ended, and its end handler runs, if there is one. */
export interface End extends OfScope {
  readonly id: string
  readonly reason: string
  /** From 1. */
  readonly attempt: number
}

/** A store became unavailable, or is available again, once each; or another reason for the outage under way is known. */
export interface OutageChange {
  readonly cache: string
  readonly isAvailable: boolean
  /** Why it is unavailable. */
  readonly reason?: string
  /** Set if the outage was published before, with another reason. At most four times in an outage. */
  readonly isContinued?: true
  /** How long it was unavailable. */
  readonly durationMs?: number
  /** How many calls failed meanwhile. */
  readonly failures?: number
}

/** The messages of the tracing channels. */
export interface Messages {
  readonly store: StoreCall
  readonly load: Load
  readonly commit: Commit
  readonly end: End
}

/** What listens to an operation. Each gets its message. */
interface OperationListeners<Message> {
  start?(message: Message): void
  end?(message: Message): void
  asyncStart?(message: Message): void
  asyncEnd?(message: Message): void
  error?(message: Message): void
}

/** A tracing channel of Node. Its own type has other parameters in each version of `@types/node`. */
export interface OperationChannel<Message> {
  readonly start: Channel
  readonly end: Channel
  readonly asyncStart: Channel
  readonly asyncEnd: Channel
  readonly error: Channel
  readonly hasSubscribers: boolean
  subscribe(listeners: OperationListeners<Message>): void
  unsubscribe(listeners: OperationListeners<Message>): unknown
}

export type Channels = { readonly [Name in keyof Messages]: OperationChannel<Messages[Name]> } & {
  /** Its messages are `OutageChange`. */
  readonly outage: Channel
}

const operations = <Message>(name: string) =>
  tracingChannel(`koa-scopes:${name}`) as unknown as OperationChannel<Message>

/** The channels, to subscribe to. Only this package publishes on them. */
export const channels: Channels = {
  store: operations('store'),
  load: operations('load'),
  commit: operations('commit'),
  end: operations('end'),
  outage: channel('koa-scopes:outage'),
}
