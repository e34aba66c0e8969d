import type { StoreName } from './run.js'

export type Phase = 'quiet' | 'abuse'

/** One request of an honest visitor. Each has a session of its own, and sends one request after the other. */
export interface Visit {
  readonly visitor: string
  readonly phase: Phase
  readonly deed: 'begin' | 'read' | 'write' | 'increment' | 'lock'
  /** In milliseconds of one clock. */
  readonly start: number
  readonly end: number
  /** 0: there was no answer. */
  readonly status: number
  /** The value that it wrote, which it never wrote before; or the sum that `increment` and `lock` came to. */
  readonly wrote?: string | number
  /** The session as the request found it before its own change; null: none. */
  readonly seen?: Readonly<Record<string, string | number>> | null
}

/** How an attack was answered: the number of answers by status; 0: none. */
export interface Attack {
  readonly kind: string
  readonly answers: Readonly<Record<number, number>>
}

export interface History {
  readonly store: StoreName
  readonly visits: readonly Visit[]
  readonly attacks: readonly Attack[]
  readonly memory: {
    /** Bytes in use on the node, without garbage, before the abuse and at its end. */
    readonly quiet: number
    readonly abused: number
    /** The most that the configuration lets it grow. */
    readonly growth: number
  }
  /** The exit code of the node, which was told to stop at the end. */
  readonly exit: number | null
}

/** What is promised to honest visitors. */
export interface Terms {
  /** How many times as long as in the quiet they may wait, at the 99th percentile. */
  readonly slowdown: number
  /** A quiet percentile below this counts as this, since a busy machine alone takes as long. */
  readonly floorMs: number
}
