import { type FinalState, idIn } from './inspection.js'
import { type Attributes, grouped, isAcknowledged, type Operation } from './operation.js'
import { lostWrite, type Written } from './register.js'

/** Between these two moments the store acknowledged what it had forgotten after a failover, as a client of its own found out. */
export interface Forgotten {
  readonly from: number
  readonly to: number
}

export interface Circumstances {
  readonly final: FinalState
  readonly forgotten?: Forgotten
}

/** What may not happen, each with where it did, and what became of the writes nobody could vouch for. */
export interface Verdict {
  /** Acknowledged, and not there any more. */
  readonly lost: readonly string[]
  /** The same, but the store itself had forgotten it. */
  readonly lostByStore: readonly string[]
  /** Found in somebody else's hands. */
  readonly foreign: readonly string[]
  /** Logged out, and there again. */
  readonly revived: readonly string[]
  /** Opened by a cookie that a rotation had replaced. */
  readonly reopened: readonly string[]
  readonly uncertain: { readonly applied: number; readonly notApplied: number; readonly overtaken: number }
}

/** Judges a log by itself and by what is left at the end. Knows nothing of how either was made. */
export function check(log: readonly Operation[], circumstances: Circumstances): Verdict {
  const findings = [...livesIn(log)].map(([name, operations]) => new Life(name, operations, circumstances).judge())
  const all = (of: (findings: Findings) => Iterable<string>) => findings.flatMap((found) => [...of(found)])
  const sum = (of: keyof Findings['uncertain']) => findings.reduce((total, { uncertain }) => total + uncertain[of], 0)
  return {
    lost: all(({ lost }) => lost),
    lostByStore: all(({ lostByStore }) => lostByStore),
    foreign: all(({ foreign }) => foreign),
    revived: all(({ revived }) => revived),
    reopened: all(({ reopened }) => reopened),
    uncertain: { applied: sum('applied'), notApplied: sum('notApplied'), overtaken: sum('overtaken') },
  }
}

function livesIn(log: readonly Operation[]): Map<string, Operation[]> {
  const ordered = log.toSorted((a, b) => a.start - b.start)
  return grouped(ordered, ({ visitor, life }) => `${visitor}/${life}`)
}

interface Findings {
  readonly lost: Set<string>
  readonly lostByStore: Set<string>
  readonly foreign: Set<string>
  readonly revived: Set<string>
  readonly reopened: Set<string>
  readonly uncertain: { applied: number; notApplied: number; overtaken: number }
}

/** The session as somebody found it between two moments; `cookie` is absent where the store was asked for the id. */
interface Sight {
  readonly start: number
  readonly end: number
  readonly cookie?: string
  readonly attributes: Attributes
}

type Write = Operation & Written

const isGone = ({ attributes }: Sight): boolean => attributes.owner === undefined
const mayHaveBeenApplied = ({ status }: Operation): boolean => status !== 409

/** One session from its first request to the end of the run. */
class Life {
  readonly #name: string
  readonly #operations: readonly Operation[]
  readonly #sights: readonly Sight[]
  readonly #writes: readonly Write[]
  readonly #forgotten: Forgotten | undefined
  readonly #found: Findings = {
    lost: new Set(),
    lostByStore: new Set(),
    foreign: new Set(),
    revived: new Set(),
    reopened: new Set(),
    uncertain: { applied: 0, notApplied: 0, overtaken: 0 },
  }

  constructor(name: string, operations: readonly Operation[], { final, forgotten }: Circumstances) {
    this.#name = name
    this.#operations = operations.filter((it) => it.kind === 'begin' || !it.seen || it.seen.owner !== undefined)
    this.#writes = this.#operations.filter((it): it is Write => it.wrote !== undefined && mayHaveBeenApplied(it))
    this.#forgotten = forgotten
    this.#sights = [...sightsDuring(operations), ...sightsAfter(operations, final)]
  }

  judge(): Findings {
    for (const sight of this.#sights) {
      if (isGone(sight)) this.#judgeAbsence(sight)
      else this.#judgePresence(sight)
    }
    for (const write of this.#writes) if (!isAcknowledged(write)) this.#settle(write)
    return this.#found
  }

  #judgePresence(sight: Sight): void {
    const { attributes, cookie, start } = sight
    const where = `${this.#name} at ${Math.round(start)}`
    if (`${attributes.owner}/${attributes.life}` !== this.#name)
      this.#found.foreign.add(`${where}: ${attributes.owner}/${attributes.life}`)
    const logout = this.#acknowledged('logout').find(({ end }) => end <= start)
    if (logout) this.#report(logout, this.#found.revived, where)
    const replaced = this.#replacement(cookie, start)
    if (replaced) this.#report(replaced, this.#found.reopened, where)
    for (const counter of new Set(this.#writes.map(({ wrote }) => wrote.counter))) this.#judgeCounter(counter, sight)
  }

  #judgeCounter(counter: string, { attributes, start, end }: Sight): void {
    const writes = this.#writes.filter(({ wrote }) => wrote.counter === counter)
    const lost = lostWrite(writes, { start, end, value: attributes[counter] ?? '' })
    if (lost) this.#report(lost, this.#found.lost, lost.wrote.value)
  }

  /** A session may be gone when it was, or may have been, ended, or the cookie replaced. */
  #judgeAbsence({ start, end, cookie }: Sight): void {
    const reasons = this.#operations.filter((it) => it.start < end && mayHaveBeenApplied(it))
    if (reasons.some(({ kind }) => kind === 'logout')) return
    const rotations = reasons.filter(({ kind }) => kind === 'rotate' || kind === 'login')
    if (cookie !== undefined && rotations.some((it) => !isAcknowledged(it) || it.cookie === cookie)) return
    const last = this.#operations.findLast((it) => isAcknowledged(it) && it.end <= start)
    if (!last) return
    const excuse = [...rotations, last].find((it) => this.#wasForgotten(it))
    this.#report(excuse ?? last, this.#found.lost, `${this.#name} at ${Math.round(start)}`)
  }

  /** Who reads next finds out whether an unanswered write was applied. */
  #settle(write: Write): void {
    const { counter, value } = write.wrote
    const next = this.#sights.find((sight) => sight.start >= write.end && !isGone(sight))
    const later = this.#writes.some(
      ({ wrote, start }) => wrote.counter === counter && start > write.start && start < (next?.end ?? 0),
    )
    if (next?.attributes[counter] === value) this.#found.uncertain.applied += 1
    else if (!next || later) this.#found.uncertain.overtaken += 1
    else this.#found.uncertain.notApplied += 1
  }

  #acknowledged(kind: Operation['kind']): Operation[] {
    return this.#operations.filter((it) => it.kind === kind && isAcknowledged(it))
  }

  /** The acknowledged rotation that gave another cookie for this one. */
  #replacement(cookie: string | undefined, before: number): Operation | undefined {
    const rotations = [...this.#acknowledged('rotate'), ...this.#acknowledged('login')]
    return rotations.find((it) => it.cookie === cookie && it.received && it.end <= before)
  }

  #report(acknowledged: Operation, violation: Set<string>, where: string): void {
    if (this.#wasForgotten(acknowledged)) this.#found.lostByStore.add(where)
    else violation.add(where)
  }

  #wasForgotten({ start, end }: Operation): boolean {
    return this.#forgotten !== undefined && end >= this.#forgotten.from && start <= this.#forgotten.to
  }
}

function sightsDuring(operations: readonly Operation[]): Sight[] {
  return operations.flatMap(({ kind, start, end, seen, cookie }) =>
    seen && kind !== 'begin' ? [{ start, end, attributes: seen, ...(cookie && { cookie }) }] : [],
  )
}

function sightsAfter(operations: readonly Operation[], { byId, byCookie }: FinalState): Sight[] {
  const over = { start: Number.POSITIVE_INFINITY, end: Number.POSITIVE_INFINITY }
  const isOwn = ({ kind, seen }: Operation) => kind === 'begin' || seen?.owner !== undefined
  const cookies = operations.filter(isOwn).flatMap(({ received }) => (received ? [received] : []))
  const [first] = cookies
  if (!first) return []
  const own = { ...over, attributes: byId.get(idIn(first)) ?? {} }
  return [own, ...cookies.map((cookie) => ({ ...over, cookie, attributes: byCookie.get(cookie) ?? {} }))]
}
