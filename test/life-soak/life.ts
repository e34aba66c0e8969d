import { isAcknowledged } from '../faults/operation.js'
import { isByCookie, isDone, isSighting, mayHaveHappened, type Span, type Terms, type Visit } from './history.js'

type Change = Visit & { readonly timeout: number }

/** How long a session lives by itself, as far as its visits tell. */
export class Life {
  readonly #visits: readonly Visit[]
  readonly #terms: Terms

  /** In the order of their beginning. */
  constructor(visits: readonly Visit[], terms: Terms) {
    this.#visits = visits
    this.#terms = terms
  }

  /**
   * It cannot have expired before, for somebody who looks between these two moments: visits go by the time of their own,
   * and whoever looks while another is about to touch the session may find it expired.
   */
  earliestEnd({ start, end: by }: Span): number {
    const touches = this.#visits.filter((visit) => touched(visit) && lastTouch(visit) <= start)
    const latest = Math.max(Number.NEGATIVE_INFINITY, ...touches.map((visit) => visit.start))
    const idle = this.#changes(by).map((change) => {
      const end = Math.max(change.start, latest + change.timeout * (1 - this.#terms.unsentShare))
      return this.#isOverwritten(change, end) ? Number.POSITIVE_INFINITY : end
    })
    return Math.min(...idle, this.#greatestAge('start')) - this.#terms.toleranceMs
  }

  /** This visit cannot find it any more. */
  mustBeOver(visit: Visit): boolean {
    const { slack, toleranceMs } = this.#terms
    const touches = this.#visits.filter((it) => it !== visit && it.start < visit.end && mayHaveTouched(it))
    const latest = Math.max(Number.NEGATIVE_INFINITY, ...touches.map(lastTouch))
    const changes = this.#changes(visit.end).filter((change) => !this.#isOverwritten(change, visit.start))
    const idle = Math.max(...changes.map(({ timeout }) => timeout)) * (1 + slack)
    return visit.start > Math.min(latest + idle, this.#greatestAge('end')) + toleranceMs
  }

  /** Of its idle time, the first included, that may have begun by then. */
  #changes(by: number): Change[] {
    const isChange = (visit: Visit): visit is Change => visit.timeout !== undefined && mayHaveHappened(visit)
    return this.#visits.filter(isChange).filter(({ start }) => start < by)
  }

  /** Another change was certainly later, and was certain by then. */
  #isOverwritten(change: Change, by: number): boolean {
    return this.#changes(by).some((it) => isAcknowledged(it) && it.start >= change.end && it.end <= by)
  }

  /** When it reaches it, counted from the start or the end of its first visit. */
  #greatestAge(from: 'start' | 'end'): number {
    const begin = this.#visits.find(({ deed }) => deed === 'begin')
    return begin?.lifetime === undefined ? Number.POSITIVE_INFINITY : begin[from] + begin.lifetime
  }
}

const touched = (visit: Visit): boolean => (visit.deed === 'begin' ? isDone(visit) : isSighting(visit))

/** Also one that was refused, or got no answer. */
const mayHaveTouched = (visit: Visit): boolean => isByCookie(visit) && visit.seen !== null

/** A session is touched when it is loaded, before its handler waits; nobody knows how long one waited that died. */
const lastTouch = ({ end, nap = 0, status }: Visit): number => (status === 0 ? end : end - nap)
