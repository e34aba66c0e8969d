import { isAcknowledged } from '../faults/operation.js'

/** Between two moments, in milliseconds since 1970. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** The time of visitors, to fractions of a millisecond. */
export const now = (): number => performance.timeOrigin + performance.now()

export type Attributes = Readonly<Record<string, string | number>>

export type Deed =
  | 'begin'
  | 'read'
  | 'write'
  | 'timeout'
  | 'increment'
  | 'lock'
  | 'rotate'
  | 'login'
  | 'invalidate'
  /** By the directory of any node: this session. */
  | 'end'
  /** By the directory of any node: all other sessions of its principal. */
  | 'endOthers'
  /** In the directory of any node: all sessions of its principal. */
  | 'find'

/** One request: a line of the log that visitors write. */
export interface Visit extends Span {
  readonly deed: Deed
  /** The session it was about, by the name that its visitor gave it. */
  readonly session: string
  /** Whom the session belongs to once somebody has logged in. */
  readonly principal: string
  /** Which of the nodes was asked. */
  readonly node: number
  /** 0: there was no response. */
  readonly status: number
  /** Of the error it failed with. */
  readonly code?: string
  /** The session as the request found it, before its own change; null: it found none. Absent where it could not be told. */
  readonly seen?: Attributes | null
  /** What it was sent with. */
  readonly cookie?: string
  /** The cookie it was answered with; empty: the cookie was taken back. */
  readonly received?: string
  /** What it set an attribute to, which it never was before; empty: it removed it. */
  readonly wrote?: { readonly counter: string; readonly value: string }
  /** What a number came to when 1 was added. */
  readonly sum?: number
  /** The idle time it set, and the greatest age. */
  readonly timeout?: number
  readonly lifetime?: number
  /** How long its handler waited, once the session was loaded. */
  readonly nap?: number
  /** How many sessions the directory ended. */
  readonly ended?: number
  /** The ids that the directory told. */
  readonly found?: readonly string[]
}

export type EndReason = 'timeout' | 'lifetime' | 'invalidated' | 'ended' | 'evicted'

/** A line of the journal that end handlers write. */
export interface EndLine {
  readonly process: string
  readonly phase: 'begun' | 'done' | 'threw'
  /** By the clock of the process. */
  readonly at: number
  readonly session: string
  /** Of the record that ended. */
  readonly id: string
  readonly reason: EndReason
  readonly attempt: number
  /** What the handler was given. */
  readonly data: Attributes
}

/** A node from start to end; in a history that is complete every node has one after the other. */
export interface Process {
  readonly name: string
  readonly node: number
  readonly startedAt: number
  /** When it was told to end; absent: it lived to see the end of the run. */
  readonly toldAt?: number
  readonly signal?: 'SIGKILL' | 'SIGTERM'
}

/** What the nodes promise. */
export interface Terms {
  /** Sessions per principal; the oldest end. */
  readonly limit: number
  readonly mostAttempts: number
  readonly leaseMs: number
  /** Within this time a node knows what another one did; 0: at once. */
  readonly learnsWithinMs: number
  /** How much longer than its idle time a session may live, as a share of that. */
  readonly slack: number
  /** How much earlier than its idle time a session may end, as a share of that: not every touch is sent. */
  readonly unsentShare: number
  /** The requests of one node share the values of a session, and find changes there that the store refuses later. */
  readonly sharesValues: boolean
  /** A session without a principal goes on under another id if the store ended it while its node could not tell of its visits. */
  readonly hasHeirs: boolean
  /** Between the clocks of visitors and nodes. */
  readonly toleranceMs: number
}

export interface History {
  readonly terms: Terms
  readonly visits: readonly Visit[]
  readonly ends: readonly EndLine[]
  readonly processes: readonly Process[]
  /** What the store still has when everything has ended. */
  readonly left: readonly string[]
}

/** Its changes may be in the store. A login that was refused because its session had ended may have been saved before. */
export const mayHaveHappened = ({ deed, seen, status, code }: Visit): boolean =>
  seen !== null && (status !== 409 || (deed === 'login' && code === 'SCOPE_LOST'))

/** It did what it was to do, and its visitor was told. */
export const isDone = (visit: Visit): boolean => isAcknowledged(visit) && visit.seen !== null

/** It found its session. */
export const isSighting = ({ seen, session }: Visit): boolean => seen?.name === session

export const rotates = ({ deed }: Visit): boolean => deed === 'rotate' || deed === 'login'

/** Directory visits tell nothing of the session they are about. */
export const isByCookie = ({ deed }: Pick<Visit, 'deed'>): boolean => !['end', 'endOthers', 'find'].includes(deed)

/** The session was not there. */
export const findsNothing = ({ seen, code }: Visit): boolean => seen === null || code === 'SCOPE_LOST'
