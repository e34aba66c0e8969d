import type { Verdict } from './checker.js'
import type { Fault } from './faults.js'
import { grouped, isAcknowledged, type Operation } from './operation.js'
import type { Run } from './run.js'
import { deadlineMs } from './world.js'

type Violations = Exclude<keyof Verdict, 'uncertain' | 'lostByStore'> | 'refused'

/** What is told of one run, or of several. */
export interface Figures {
  readonly requests: number
  /** Answered with 503. */
  readonly unavailable: number
  /** Without an answer: the node had died. */
  readonly unanswered: number
  /** Answered with neither 2xx, 409 nor 503. */
  readonly otherwise: number
  readonly longestMs: number
  /** Waited longer than the deadlines of what they ask of the store, and what a busy machine may add. */
  readonly late: number
  readonly violations: Readonly<Record<Violations, readonly string[]>>
  readonly lostByStore: number
  readonly uncertain: Verdict['uncertain']
  /** From healing to the first success, at the node that was first and at the one that was last. */
  readonly firstBackMs: number
  readonly lastBackMs: number
}

/** With two cores for four nodes, a store and the visitors. */
export const toleranceMs = 250

export function figuresOf({ log, verdict, healedAt }: Run, { spared }: Pick<Fault<never>, 'spared'>): Figures {
  const { lost, foreign, revived, reopened, lostByStore, uncertain } = verdict
  const count = (is: (operation: Operation) => boolean) => log.filter(is).length
  const known = [0, 200, 409, 503]
  const refused = log.filter(({ kind, status, start, end }) => {
    const isTimeout = end - start >= deadlineMs // which a busy machine may have to do with
    return spared.includes(kind) && status !== 200 && !isTimeout
  })
  const backs = backTimes(log, healedAt)
  return {
    requests: log.length,
    unavailable: count(({ status }) => status === 503),
    unanswered: count(({ status }) => status === 0),
    otherwise: count(({ status }) => !known.includes(status)),
    longestMs: Math.max(...log.map(({ start, end }) => end - start)),
    late: count((operation) => operation.end - operation.start > calls(operation) * deadlineMs + toleranceMs),
    violations: { lost, foreign, revived, reopened, refused: refused.map(placeOf) },
    lostByStore: lostByStore.length,
    uncertain,
    firstBackMs: Math.min(...backs),
    lastBackMs: Math.max(...backs),
  }
}

/** Of all runs together. */
export function total(all: readonly Figures[]): Figures {
  const sum = (of: (figures: Figures) => number) => all.reduce((so, figures) => so + of(figures), 0)
  const most = (of: (figures: Figures) => number) => Math.max(...all.map(of))
  const every = (violation: Violations) => all.flatMap(({ violations }) => violations[violation])
  return {
    requests: sum(({ requests }) => requests),
    unavailable: sum(({ unavailable }) => unavailable),
    unanswered: sum(({ unanswered }) => unanswered),
    otherwise: sum(({ otherwise }) => otherwise),
    longestMs: most(({ longestMs }) => longestMs),
    late: sum(({ late }) => late),
    violations: {
      lost: every('lost'),
      foreign: every('foreign'),
      revived: every('revived'),
      reopened: every('reopened'),
      refused: every('refused'),
    },
    lostByStore: sum(({ lostByStore }) => lostByStore),
    uncertain: {
      applied: sum(({ uncertain }) => uncertain.applied),
      notApplied: sum(({ uncertain }) => uncertain.notApplied),
      overtaken: sum(({ uncertain }) => uncertain.overtaken),
    },
    firstBackMs: most(({ firstBackMs }) => firstBackMs),
    lastBackMs: most(({ lastBackMs }) => lastBackMs),
  }
}

const placeOf = ({ kind, visitor, start, status }: Operation) =>
  `${kind} of ${visitor} at ${Math.round(start)}: ${status}`

/** How often a request asks the store: once to load, once to save. */
const calls = ({ kind }: Operation): number => (kind === 'begin' || kind === 'read' ? 1 : 2)

/** For each node, how long after the healing it answered with success to a request that began after it. */
function backTimes(log: readonly Operation[], healedAt: number): number[] {
  const successes = log.filter((operation) => isAcknowledged(operation) && operation.start >= healedAt)
  const byNode = grouped(successes, ({ node }) => node)
  return [...byNode.values()].map((of) => Math.min(...of.map(({ end }) => end - healedAt)))
}
