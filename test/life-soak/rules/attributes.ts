import { grouped } from '../../faults/operation.js'
import { lostWrite, type Written } from '../../faults/register.js'
import { type Attributes, isDone, mayHaveHappened, type Span, type Visit } from '../history.js'
import type { Rule } from '../judgement.js'
import type { Session } from '../session.js'

/** The attributes as somebody found them: a visit, or the end handler. */
interface Sight extends Span {
  readonly by: string
  readonly attributes: Attributes
  /** Where; absent: in the store. */
  readonly node?: number
}

type Place = Pick<Sight, 'node'>

/** As visits found it, and its end handler, which looks at what was there when it ended. */
function sightsOf(session: Session): Sight[] {
  const { aliveUntil, firstEnd, sightings } = session
  const during = sightings.map(({ deed, node, seen = {}, start, end }) => ({
    by: deed,
    node,
    attributes: seen ?? {},
    start,
    end,
  }))
  if (!firstEnd) return during
  const { at, data } = firstEnd
  return [...during, { by: 'end handler', attributes: data, start: aliveUntil, end: at + session.terms.toleranceMs }]
}

/** As somebody at this node knows them, who may not have learned yet what the others did. */
const knownTo = (sight: Place, { terms }: Session, visits: readonly Visit[]): readonly Visit[] =>
  visits.map((visit) =>
    sight.node === undefined || sight.node === visit.node ? visit : { ...visit, end: visit.end + terms.learnsWithinMs },
  )

const placeOf = ({ name }: Session, { by, start }: Pick<Sight, 'by' | 'start'>) =>
  `${name}: ${by} at ${Math.round(start)}`

export const noLostAttribute: Rule = ({ begun }) => {
  const isWrite = (visit: Visit): visit is Visit & Written => visit.wrote !== undefined && mayHaveHappened(visit)
  const writesOf = ({ visits }: Session) => visits.filter(isWrite)
  const broken = begun.flatMap((session) => {
    const byCounter = grouped(writesOf(session), ({ wrote }) => wrote.counter)
    return sightsOf(session).flatMap((sight) =>
      [...byCounter].flatMap(([counter, writes]) => {
        const value = String(sight.attributes[counter] ?? '')
        const lost = lostWrite(knownTo(sight, session, writes).filter(isWrite), { ...sight, value })
        return lost ? [`${placeOf(session, sight)} has ${counter} = '${value}' in place of '${lost.wrote.value}'`] : []
      }),
    )
  })
  return {
    rule: 'no acknowledged attribute is lost',
    counts: `${begun.flatMap(writesOf).filter(isDone).length} writes acknowledged`,
    broken,
  }
}

/** Deeds that add 1, and where. */
const sums = { increment: 'sum', lock: 'locked' } as const
type Adding = keyof typeof sums

export const sumsComeOut: Rule = ({ begun }) => {
  const addings = Object.keys(sums) as Adding[]
  const count = (deed: Adding) =>
    begun.flatMap(({ visits }) => visits.filter((it) => it.deed === deed && isDone(it))).length
  return {
    rule: 'what is added comes to its sum',
    counts: `${count('increment')} increments, ${count('lock')} under a lock`,
    broken: begun.flatMap((session) => addings.flatMap((deed) => wrongSums(session, deed))),
  }
}

/** What has been added, as far as anybody may find it. */
const mayBeFound = ({ terms, visits }: Session, deed: Adding) =>
  visits.filter((it) => it.deed === deed && (mayHaveHappened(it) || (terms.sharesValues && it.code === 'SCOPE_LOST')))

function wrongSums(session: Session, deed: Adding): string[] {
  const name = sums[deed]
  const visits = session.visits.filter((visit) => visit.deed === deed && mayHaveHappened(visit))
  const told = visits.flatMap(({ sum, ...visit }) => (sum === undefined ? [] : [{ ...visit, by: deed, sum }]))
  const found = sightsOf(session).map((sight) => ({ ...sight, sum: Number(sight.attributes[name] ?? 0) }))
  const outside = [...found, ...told].flatMap((sight) => {
    const known = knownTo(sight, session, visits)
    const least = known.filter((visit) => isDone(visit) && visit.end <= sight.start).length
    const most = mayBeFound(session, deed).filter((visit) => visit.start < sight.end).length
    const isPossible = sight.sum >= least && sight.sum <= most
    return isPossible ? [] : [`${placeOf(session, sight)} has ${name} = ${sight.sum}, not ${least} to ${most}`]
  })
  const again = told.filter(({ sum }, n) => told.findIndex((other) => other.sum === sum) < n)
  return [...outside, ...again.map(({ sum }) => `${session.name}: two requests made ${name} ${sum}`)]
}
