import { isAcknowledged } from '../../faults/operation.js'
import { endedByClose } from '../by-socket.js'
import { type History, mayHaveHappened, rotates, type Visit } from '../history.js'
import type { Rule } from '../judgement.js'

/** No visit fails but for the reasons that are documented: a node that goes, a rotation, an end. */
export const documentedAnswers: Rule = ({ history, sessions }) => {
  const { visits } = history
  const count = (is: (visit: Visit) => boolean) => visits.filter(is).length
  const isKnown = (visit: Visit) => {
    if (isAcknowledged(visit)) return true
    if (visit.code === endedByClose) return true
    if (visit.status === 0 || visit.status === 503) return wasNodeGoing(visit, history)
    if (visit.status !== 409) return false
    const others = sessions.get(visit.session)?.visits ?? []
    return isKnownConflict(visit, others)
  }
  return {
    rule: 'no visit fails without a documented reason',
    counts: `${visits.length} visits, ${count(({ status }) => status === 409)} answered 409, ${count(({ status }) => status === 0)} not answered`,
    broken: visits
      .filter((visit) => !isKnown(visit))
      .map(
        ({ session, deed, start, status, code }) =>
          `${session}: ${deed} at ${Math.round(start)}: ${status} ${code ?? ''}`,
      ),
  }
}

function wasNodeGoing({ node, start, end }: Visit, { processes, terms }: History): boolean {
  const { toleranceMs } = terms
  const successors = processes.filter((it) => it.node === node)
  return successors.some(({ toldAt }, n) => {
    const back = successors[n + 1]?.startedAt ?? Number.POSITIVE_INFINITY
    return toldAt !== undefined && toldAt <= end + toleranceMs && back >= start - toleranceMs
  })
}

/** Whether a session was lost for good reason is another rule's affair. */
function isKnownConflict(visit: Visit, others: readonly Visit[]): boolean {
  if (visit.code === 'SCOPE_LOST' || visit.code === 'CONNECTION_ENDED') return true
  if (visit.code !== 'SCOPE_SUPERSEDED' && visit.code !== 'SCOPE_CONFLICT') return false
  return others.some((it) => it !== visit && rotates(it) && it.start < visit.end && mayHaveHappened(it))
}
