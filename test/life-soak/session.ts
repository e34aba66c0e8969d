import { idIn } from '../faults/inspection.js'
import { grouped } from '../faults/operation.js'
import {
  type EndLine,
  type EndReason,
  type History,
  isByCookie,
  isDone,
  isSighting,
  mayHaveHappened,
  type Span,
  type Terms,
  type Visit,
} from './history.js'
import { Life } from './life.js'

/** Something that may have ended a session. */
export interface Cause extends Span {
  readonly reason: EndReason
}

/** Somebody else may have ended it before. */
const unknown = -1

/** From when on nobody may find a session any more, on this node, and on the others when they have learned it. */
export interface Proof {
  readonly at: number
  readonly node: number
  readonly what: string
}

/** What is known of one session, from its visits, those of its principal, and the journal. */
export class Session {
  readonly name: string
  readonly terms: Terms
  /** In the order of their beginning, as all visits here. */
  readonly visits: readonly Visit[]
  readonly logins: readonly Visit[]
  readonly life: Life
  /** Of its record, in the order in which they were written. */
  readonly lines: readonly EndLine[]
  /** Of the records that it went on from, under another id each. */
  readonly linesOfOrphans: readonly EndLine[]
  /** Of the whole principal. */
  readonly #company: readonly Visit[]
  readonly #nodes: ReadonlyMap<string, number>

  constructor(name: string, principals: ReadonlyMap<string, readonly Visit[]>, parts: Parts) {
    const { visits, lines, terms, nodes } = parts
    this.name = name
    this.terms = terms
    this.visits = visits
    const last = lines.findLast(({ attempt, phase }) => attempt === 1 && phase === 'begun') ?? lines.at(-1)
    this.lines = lines.filter(({ id }) => id === last?.id)
    this.linesOfOrphans = lines.filter(({ id }) => id !== last?.id)
    this.logins = visits.filter((visit) => visit.deed === 'login' && mayHaveHappened(visit))
    this.life = new Life(visits, terms)
    this.#company = principals.get(this.principal) ?? []
    this.#nodes = nodes
  }

  get principal(): string {
    return this.visits[0]?.principal ?? ''
  }

  get id(): string | undefined {
    const cookie = this.visits.findLast(({ received }) => received)?.received
    return cookie && idIn(cookie)
  }

  /** Somebody was told that it had begun. */
  get hasBegun(): boolean {
    return this.visits.some((visit) => visit.deed === 'begin' && isDone(visit))
  }

  /** Visits that found it. */
  get sightings(): readonly Visit[] {
    return this.visits.filter(isSighting)
  }

  get byCookie(): readonly Visit[] {
    return this.visits.filter(isByCookie)
  }

  get firstEnd(): EndLine | undefined {
    return this.lines.find(({ phase }) => phase === 'begun')
  }

  /** What may have ended it before its time. */
  get causes(): readonly Cause[] {
    const own = this.visits.flatMap((visit): Cause[] => {
      if (!mayHaveHappened(visit)) return []
      if (visit.deed === 'invalidate') return [{ reason: 'invalidated', ...spanOf(visit) }]
      return visit.deed === 'end' ? [{ reason: 'ended', ...spanOf(visit) }] : []
    })
    const [firstLogin] = this.logins
    if (!firstLogin) return own
    const others = this.#company.flatMap((visit): Cause[] => {
      if (visit.end < firstLogin.start || !mayHaveHappened(visit)) return []
      const reason = visit.deed === 'login' ? 'evicted' : 'ended'
      return reason === 'evicted' || visit.session !== this.name ? [{ reason, ...spanOf(visit) }] : []
    })
    return [...own, ...others]
  }

  /** Until here it was there for certain. */
  get aliveUntil(): number {
    const { learnsWithinMs } = this.terms
    const seen = this.sightings.map(({ start }) => start - learnsWithinMs)
    const { firstEnd } = this
    return Math.max(Number.NEGATIVE_INFINITY, ...seen, firstEnd ? this.#notBefore(firstEnd) : Number.NEGATIVE_INFINITY)
  }

  /** Whether it may be gone for somebody who looks between these two moments. */
  mayBeGone(looked: Span): boolean {
    const { firstEnd } = this
    const causes = this.causes.filter(({ reason }) => !firstEnd || reason === firstEnd.reason)
    return causes.some(({ start }) => start < looked.end) || this.life.earliestEnd(looked) < looked.end
  }

  /** Why it must be gone. */
  get proofs(): readonly Proof[] {
    const own = this.visits.flatMap((visit): Proof[] => {
      const { deed, end, node, ended } = visit
      const isCertain = deed === 'invalidate' ? isSighting(visit) : deed === 'end' && ended === 1
      return isCertain && isDone(visit) ? [{ at: end, node, what: deed }] : []
    })
    const login = this.logins.find(isDone)
    const others = this.#company.flatMap((visit): Proof[] => {
      const isMeant = visit.deed === 'endOthers' && visit.session !== this.name && isDone(visit)
      return login && isMeant && login.end < visit.start ? [{ at: visit.end, node: unknown, what: visit.deed }] : []
    })
    const { firstEnd } = this
    const node = this.#nodes.get(firstEnd?.process ?? '') ?? unknown
    const handled = firstEnd ? [{ at: firstEnd.at + this.terms.toleranceMs, node, what: 'end handler' }] : []
    return [...own, ...others, ...handled]
  }

  /** The earliest moment at which it can have ended for this reason. */
  #notBefore({ at, reason }: EndLine): number {
    if (reason === 'timeout' || reason === 'lifetime') return this.life.earliestEnd({ start: at, end: at })
    return Math.min(at, ...this.causes.filter((cause) => cause.reason === reason).map(({ start }) => start))
  }
}

interface Parts {
  readonly visits: readonly Visit[]
  readonly lines: readonly EndLine[]
  readonly terms: Terms
  /** Of the processes. */
  readonly nodes: ReadonlyMap<string, number>
}

const spanOf = ({ start, end }: Span): Span => ({ start, end })

/** All sessions that visitors tried to begin. */
export function sessionsIn({ visits, ends, processes, terms }: History): ReadonlyMap<string, Session> {
  const ordered = visits.toSorted((a, b) => a.start - b.start)
  const company = ordered.filter(({ deed }) => deed === 'login' || deed === 'endOthers')
  const principals = grouped(company, ({ principal }) => principal)
  const lines = grouped(ends, ({ session }) => session)
  const nodes = new Map(processes.map(({ name, node }) => [name, node]))
  const sessions = [...grouped(ordered, ({ session }) => session)].map(([name, of]): [string, Session] => {
    const parts = { visits: of, lines: lines.get(name) ?? [], terms, nodes }
    return [name, new Session(name, principals, parts)]
  })
  return new Map(sessions)
}
