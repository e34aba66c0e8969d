import { findsNothing, isDone, isSighting, mayHaveHappened, rotates, type Visit } from '../history.js'
import type { Rule } from '../judgement.js'
import type { Session } from '../session.js'

/** Of all visits with a cookie. */
const judged = (sessions: readonly Session[], faultOf: (session: Session, visit: Visit) => string | undefined) =>
  sessions.flatMap((session) =>
    session.byCookie.flatMap((visit) => {
      const fault = faultOf(session, visit)
      return fault === undefined ? [] : [`${session.name}: ${fault} (${visit.deed} at ${Math.round(visit.start)})`]
    }),
  )

export const neverLost: Rule = ({ begun }) => ({
  rule: 'no session is gone before its end',
  counts: `${begun.flatMap(({ byCookie }) => byCookie.filter(findsNothing)).length} visits found none`,
  broken: judged(begun, (session, visit) => {
    if (!findsNothing(visit) || session.mayBeGone(visit) || wasReplaced(session, visit)) return undefined
    return 'is gone'
  }),
})

/** By a rotation that may have been before. */
const wasReplaced = ({ byCookie }: Session, visit: Visit): boolean =>
  byCookie.some(
    (it) => rotates(it) && it !== visit && it.cookie === visit.cookie && it.start < visit.end && mayHaveHappened(it),
  )

export const noRevival: Rule = ({ begun }) => ({
  rule: 'no session comes back after its end',
  counts: `${begun.flatMap(({ proofs }) => proofs).length} ends known to visitors or handlers`,
  broken: judged(begun, (session, visit) => {
    if (!isSighting(visit)) return undefined
    const proof = session.proofs.find(({ at, node }) => at + delay(session, visit, node) < visit.start)
    if (proof) return `found after ${proof.what} at ${Math.round(proof.at)}`
    return session.life.mustBeOver(visit) ? 'found after its time' : undefined
  }),
})

export const noReopening: Rule = ({ begun }) => ({
  rule: 'a replaced cookie opens nothing',
  counts: `${begun.flatMap(replacements).length} cookies replaced`,
  broken: judged(begun, (session, visit) => {
    if (!visit.seen) return undefined
    const replaced = replacements(session).find(
      ({ cookie, end, node }) => cookie === visit.cookie && end + delay(session, visit, node) <= visit.start,
    )
    return replaced && `opened by a cookie replaced at ${Math.round(replaced.end)}`
  }),
})

const replacements = ({ byCookie }: Session): Visit[] =>
  byCookie.filter((visit) => rotates(visit) && isDone(visit) && visit.received && visit.received !== visit.cookie)

/** Until the node of this visit knows what happened on the other. */
const delay = ({ terms }: Session, visit: Visit, node: number): number =>
  visit.node === node ? 0 : terms.learnsWithinMs

export const nobodyElses: Rule = ({ sessions }) => {
  const all = [...sessions.values()]
  return {
    rule: "nobody sees somebody else's session",
    counts: `${all.flatMap(({ byCookie }) => byCookie.filter(({ seen }) => seen)).length} visits found one`,
    broken: judged(all, ({ name }, { seen }) => (seen && seen.name !== name ? `found ${seen.name}` : undefined)),
  }
}
