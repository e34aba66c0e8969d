import type { History } from './history.js'
import type { Judgement, Rule } from './judgement.js'
import { documentedAnswers } from './rules/answers.js'
import { once } from './rules/attempts.js'
import { noLostAttribute, sumsComeOut } from './rules/attributes.js'
import { trueDirectory } from './rules/directory.js'
import { everyEnd, trueReasons } from './rules/ends.js'
import { soleHeirs } from './rules/heirs.js'
import { nothingLeft } from './rules/leftovers.js'
import { evictedInTurn, limitKept } from './rules/limit.js'
import { neverLost, nobodyElses, noReopening, noRevival } from './rules/presence.js'
import { sessionsIn } from './session.js'

export const rules = {
  everyEnd,
  once,
  soleHeirs,
  trueReasons,
  neverLost,
  noRevival,
  noReopening,
  nobodyElses,
  noLostAttribute,
  sumsComeOut,
  limitKept,
  evictedInTurn,
  trueDirectory,
  documentedAnswers,
  nothingLeft,
} satisfies Record<string, Rule>

export type RuleName = keyof typeof rules

/** Judges what visitors and end handlers wrote down by the documented promises. Knows nothing of how they are kept. */
export function check(history: History): ReadonlyMap<RuleName, Judgement> {
  const sessions = sessionsIn(history)
  const about = { history, sessions, begun: [...sessions.values()].filter(({ hasBegun }) => hasBegun) }
  return new Map(Object.entries(rules).map(([name, rule]) => [name as RuleName, rule(about)]))
}
