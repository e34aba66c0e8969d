import { grouped } from '../../faults/operation.js'
import { isDone, mayHaveHappened, type Span, type Visit } from '../history.js'
import type { Case, Rule } from '../judgement.js'
import type { Session } from '../session.js'

/** The sessions of one principal, and when they came. */
export interface Household {
  readonly principal: string
  readonly sessions: readonly Session[]
  readonly logins: readonly Visit[]
}

export function householdsIn({ sessions }: Case): Household[] {
  const all = [...sessions.values()].filter(({ logins }) => logins.length > 0)
  return [...grouped(all, ({ principal }) => principal)].map(([principal, of]) => ({
    principal,
    sessions: of,
    logins: of.flatMap(({ logins }) => logins).toSorted((a, b) => a.start - b.start),
  }))
}

/** When the session belonged to its principal for certain. */
export function membershipOf({ logins, aliveUntil }: Session): Span | undefined {
  const login = logins.find(isDone)
  return login && login.end < aliveUntil ? { start: login.end, end: aliveUntil } : undefined
}

/** When there may be one session too many: while somebody logs in; when a process has died of it, until the next one has. */
export function unsettled({ logins }: Household): Span[] {
  return logins.map((login) => {
    if (login.status !== 0 && login.status < 500) return login
    const next = logins.filter((it) => it.start >= login.end && isDone(it)).map(({ end }) => end)
    return { start: login.start, end: Math.min(Number.POSITIVE_INFINITY, ...next) }
  })
}

/** Once all logins have been answered, there are no more sessions than allowed. */
export const limitKept: Rule = (about) => {
  const households = householdsIn(about)
  const { limit } = about.history.terms
  const broken = households.flatMap((household) => {
    const members = household.sessions.flatMap((session) => {
      const membership = membershipOf(session)
      return membership ? [{ session, ...membership }] : []
    })
    const windows = unsettled(household)
    const moments = windows.map(({ end }) => end).filter((at) => !windows.some((it) => it.start <= at && at < it.end))
    return [...new Set(moments)].flatMap((at) => {
      const there = members.filter(({ start, end }) => start <= at && at < end)
      if (there.length <= limit) return []
      return [`${household.principal} at ${Math.round(at)}: ${there.map(({ session }) => session.name).join(', ')}`]
    })
  })
  const logins = households.flatMap((household) => household.logins).filter(isDone).length
  return {
    rule: 'no principal has more sessions than allowed',
    counts: `${logins} logins of ${households.length} principals`,
    broken,
  }
}

/** Only the oldest give way, and only to as many as are allowed. */
export const evictedInTurn: Rule = (about) => {
  const evicted = householdsIn(about).flatMap((household) =>
    household.sessions.flatMap((session) => {
      const at = session.firstEnd?.reason === 'evicted' ? session.firstEnd.at : undefined
      return at === undefined ? [] : [{ household, session, at }]
    }),
  )
  const { limit, toleranceMs } = about.history.terms
  return {
    rule: 'only the oldest are evicted, and only when they must',
    counts: `${evicted.length} evicted`,
    broken: evicted.flatMap(({ household, session, at }) => {
      const others = household.sessions.filter((it) => it !== session)
      const later = others.filter((other) => mayBeLater(other, session, at + toleranceMs))
      if (later.length < limit) return [`${session.name}: evicted at ${at} for ${later.length} others`]
      const spared = others.find((other) => isOlder(other, session) && other.aliveUntil > at + toleranceMs)
      return spared ? [`${session.name}: evicted at ${at} before ${spared.name}, which was there longer`] : []
    }),
  }
}

const first = ({ logins }: Session) => Math.min(...logins.map(({ start }) => start))

const mayBeLater = (other: Session, session: Session, by: number) =>
  other.logins.some((login) => mayHaveHappened(login) && login.end >= first(session) && login.start < by)

const isOlder = ({ logins }: Session, session: Session) =>
  logins.some(isDone) && logins.every(({ end }) => end < first(session))
