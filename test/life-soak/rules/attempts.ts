import { isDeepStrictEqual } from 'node:util'
import { grouped } from '../../faults/operation.js'
import type { EndLine, History, Process } from '../history.js'
import type { Rule } from '../judgement.js'

/** From the last line of a handler to the moment at which its claim is settled. */
const settleMs = 2_000
/** From a claim to the first line of its handler. */
const claimMs = 1_000

interface Repeats {
  afterThrow: number
  afterDeath: number
}

/** A handler runs again only if it threw or its process died; then as the next attempt, and not before the lease is over. */
export const once: Rule = ({ history }) => {
  const repeats: Repeats = { afterThrow: 0, afterDeath: 0 }
  const broken: string[] = []
  for (const lines of grouped(history.ends, ({ id }) => id).values()) {
    const faults = new Attempts(lines, history, repeats).faults()
    broken.push(...faults.map((fault) => `${lines[0]?.session}: ${fault}`))
  }
  return {
    rule: 'each end is handled once, or again as documented',
    counts: `${repeats.afterThrow} repeated after a failure, ${repeats.afterDeath} after the death of a process`,
    broken,
  }
}

/** All lines of one record. */
class Attempts {
  readonly #lines: readonly EndLine[]
  readonly #history: History
  readonly #repeats: Repeats

  constructor(lines: readonly EndLine[], history: History, repeats: Repeats) {
    this.#lines = lines
    this.#history = history
    this.#repeats = repeats
  }

  faults(): string[] {
    const begun = this.#lines.filter(({ phase }) => phase === 'begun').toSorted((a, b) => a.attempt - b.attempt)
    return begun.flatMap((line, n) => {
      const fault = this.#faultOf(line, begun[n - 1])
      return fault === undefined ? [] : [`${fault} (attempt ${line.attempt} at ${line.at} on ${line.process})`]
    })
  }

  #faultOf(line: EndLine, before: EndLine | undefined): string | undefined {
    const isBeyond = line.attempt > this.#history.terms.mostAttempts
    if (isBeyond && !this.#diedAtOnce(before)) return 'tried too often'
    if (line.attempt === before?.attempt) return 'one attempt twice'
    if (before && !isDeepStrictEqual({ ...line.data }, { ...before.data })) return 'other data than before'
    if (before?.attempt === line.attempt - 1) return this.#faultOfRepeat(line, before)
    return line.attempt === 1 || this.#hasDied(line) ? undefined : 'the attempt before is missing, and nobody died'
  }

  #faultOfRepeat(line: EndLine, before: EndLine): string | undefined {
    const last = this.#lines.findLast(({ attempt, phase }) => attempt === before.attempt && phase !== 'begun')
    if (last?.phase === 'threw') {
      this.#repeats.afterThrow += 1
      return undefined
    }
    const killedAt = this.#killedAt(before)
    if (killedAt === undefined) return 'again, though its process lived on'
    if (last && last.at + settleMs < killedAt) return 'again, though it was settled before its process died'
    this.#repeats.afterDeath += 1
    return line.at < before.at + this.#history.terms.leaseMs - claimMs ? 'again before the lease was over' : undefined
  }

  /** The last attempt allowed failed, and its process died before it could delete the record. */
  #diedAtOnce(before: EndLine | undefined): boolean {
    if (before?.attempt !== this.#history.terms.mostAttempts) return false
    const killedAt = this.#killedAt(before)
    return killedAt !== undefined && before.at + settleMs >= killedAt
  }

  /** When the process of a line was killed; undefined if it was not. */
  #killedAt({ process }: EndLine): number | undefined {
    const { signal, toldAt } = this.#history.processes.find(({ name }) => name === process) ?? {}
    return signal === 'SIGKILL' ? toldAt : undefined
  }

  /** Somebody has claimed it, and died before the handler could write a line. */
  #hasDied(line: EndLine): boolean {
    const { processes, terms } = this.#history
    const isOne = ({ signal, toldAt }: Process) =>
      signal === 'SIGKILL' && toldAt !== undefined && toldAt <= line.at - terms.leaseMs + claimMs + terms.toleranceMs
    return processes.some(isOne)
  }
}
