import type { Attributes, Deed, EndLine, History, Process, Terms, Visit } from './history.js'

const documented: Terms = {
  limit: 1,
  mostAttempts: 5,
  leaseMs: 30_000,
  learnsWithinMs: 0,
  slack: 0,
  unsentShare: 0,
  sharesValues: false,
  hasHeirs: false,
  toleranceMs: 5,
}

/** Notes made by hand: everything is as it should be, unless it is told otherwise. */
export class Notes {
  readonly #terms: Terms
  readonly #visits: Visit[] = []
  readonly #ends: EndLine[] = []
  readonly #processes: Process[] = [
    { name: '0.0', node: 0, startedAt: 0 },
    { name: '1.0', node: 1, startedAt: 0 },
  ]
  readonly #left: string[] = []

  constructor(terms: Partial<Terms> = {}) {
    this.#terms = { ...documented, ...terms }
  }

  get history(): History {
    const ends = this.#ends.toSorted((a, b) => a.at - b.at)
    return { terms: this.#terms, visits: this.#visits, ends, processes: this.#processes, left: this.#left }
  }

  /** With an idle time of a second. */
  begin(session: string, at = 0, part: Partial<Visit> = {}): this {
    const first = { timeout: 1_000, received: `${session}.1`, ...part }
    const { cookie, seen, ...visit } = this.#visit('begin', session, at, first)
    this.#visits.push(visit)
    return this
  }

  /** By the first cookie; it takes ten milliseconds, and finds a session with nothing but its name in it. */
  visit(deed: Deed, session: string, at: number, part: Partial<Visit> = {}): this {
    this.#visits.push(this.#visit(deed, session, at, part))
    return this
  }

  write(session: string, at: number, value: string, part: Partial<Visit> = {}): this {
    return this.visit('write', session, at, { wrote: { counter: 'a', value }, ...part })
  }

  read(session: string, at: number, seen: Attributes | null = {}, part: Partial<Visit> = {}): this {
    return this.visit('read', session, at, { seen: seen && { name: session, ...seen }, ...part })
  }

  /** For a directory, which tells no more than that. */
  ask(
    deed: Deed,
    session: string,
    at: number,
    told: Pick<Visit, 'ended' | 'found'> & Partial<Pick<Visit, 'node'>>,
  ): this {
    const { cookie, seen, ...visit } = this.#visit(deed, session, at, told)
    this.#visits.push(visit)
    return this
  }

  /** The handler runs and succeeds at once. */
  end(session: string, at: number, part: Partial<EndLine> = {}): this {
    return this.line(session, at, { phase: 'begun', ...part }).line(session, at + 1, { phase: 'done', ...part })
  }

  fail(session: string, at: number, part: Partial<EndLine> = {}): this {
    return this.line(session, at, { phase: 'begun', ...part }).line(session, at + 1, { phase: 'threw', ...part })
  }

  line(session: string, at: number, part: Partial<EndLine>): this {
    const data = { name: session, ...part.data }
    const line: EndLine = {
      process: '0.0',
      phase: 'begun',
      at,
      session,
      id: session,
      reason: 'timeout',
      attempt: 1,
      ...part,
      data,
    }
    this.#ends.push(line)
    return this
  }

  /** The first process of node 0 ends then, and the next one begins a second later. */
  dies(toldAt: number, signal: Process['signal'] & string = 'SIGKILL'): this {
    this.#processes[0] = { name: '0.0', node: 0, startedAt: 0, toldAt, signal }
    this.#processes.push({ name: '0.1', node: 0, startedAt: toldAt + 1_000 })
    return this
  }

  leaves(id: string): this {
    this.#left.push(id)
    return this
  }

  #visit(deed: Deed, session: string, start: number, part: Partial<Visit>): Visit {
    const common = { deed, session, principal: 'ada', node: 0, start, end: start + 10, status: 200 }
    const found = part.status === 0 ? {} : { seen: { name: session } }
    return { ...common, cookie: `${session}.1`, ...found, ...part }
  }
}
