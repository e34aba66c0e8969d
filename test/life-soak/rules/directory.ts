import type { Span, Visit } from '../history.js'
import type { Case, Rule } from '../judgement.js'
import { type Household, householdsIn, membershipOf, unsettled } from './limit.js'

/** A directory tells all sessions of a principal, no ended ones, and not too many. */
export const trueDirectory: Rule = (about) => {
  const households = new Map(householdsIn(about).map((household) => [household.principal, household]))
  const finds = about.history.visits.filter(({ found }) => found !== undefined)
  return {
    rule: 'a directory tells what is there',
    counts: `${finds.length} times asked`,
    broken: finds.flatMap((visit) => faultsOf(visit, households.get(visit.principal), about)),
  }
}

function faultsOf(visit: Visit, household: Household | undefined, { history }: Case): string[] {
  const found = visit.found ?? []
  if (!household) return found.map((id) => `${visit.principal}: ${id} belongs to nobody`)
  const faults: string[] = []
  for (const session of household.sessions) {
    const membership = membershipOf(session)
    const isTold = session.id !== undefined && found.includes(session.id)
    const mustBeTold = membership && spans(membership, visit) && session.life.earliestEnd(visit) >= visit.end
    if (!isTold && mustBeTold) faults.push(`${session.name} is missing`)
    const proof = session.proofs.find(({ at }) => at < visit.start)
    if (isTold && proof) faults.push(`${session.name} is told after ${proof.what}`)
  }
  const isSettled = !unsettled(household).some((span) => span.start < visit.end && span.end > visit.start)
  if (isSettled && found.length > history.terms.limit) faults.push(`tells ${found.length} sessions`)
  return faults.map((fault) => `${visit.principal}: ${fault} (at ${Math.round(visit.start)})`)
}

const spans = (outer: Span, inner: Span) => outer.start < inner.start && outer.end > inner.end
