import type { History } from './history.js'
import type { Session } from './session.js'

/** What is judged. */
export interface Case {
  readonly history: History
  /** By name. */
  readonly sessions: ReadonlyMap<string, Session>
  /** Those that somebody was told of. */
  readonly begun: readonly Session[]
}

/** What became of one rule. */
export interface Judgement {
  readonly rule: string
  /** How much there was to judge. */
  readonly counts: string
  /** Where the rule was broken, each beginning with the session, or what it is about. */
  readonly broken: readonly string[]
}

export type Rule = (about: Case) => Judgement
