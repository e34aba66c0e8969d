import type { SoakSession } from './sessions.js'

/** A line of the journal: what an end handler got. */
export interface EndNote {
  readonly number: number
  readonly visits: number
  readonly reason: string
}

/** What visitors and end handlers saw, and whether it is what was promised. */
export class Verdict {
  readonly #loggedOut: string[] = []
  readonly #lost: string[] = []
  readonly #refused: string[] = []
  readonly #ends: string[] = []
  #answers = 0
  #repeated = 0

  get answers(): number {
    return this.#answers
  }

  /** Every place where a promise was broken, in a sentence each. */
  get broken(): readonly string[] {
    return [...this.#loggedOut, ...this.#lost, ...this.#refused, ...this.#ends]
  }

  /** Takes an answer with the content of a session, of which `visits` (0 or 1) were new. */
  judge(session: SoakSession, visits: number, body: string): void {
    this.#answers += 1
    const seen = JSON.parse(body) as { number?: number; visits?: number }
    const { answered, number, uncertain } = session
    const least = answered + visits
    const counted = seen.visits ?? 0
    if (seen.number !== number) this.#loggedOut.push(`session ${number} was not known any more: ${body}`)
    else if (counted < least || counted > least + uncertain)
      this.#lost.push(
        `session ${number} shows ${counted} visits after ${least} were answered and ${uncertain} were not`,
      )
    if (seen.number !== number) return
    session.answered = Math.max(least, counted)
    session.uncertain = 0
  }

  refuse({ number }: SoakSession, status: number): void {
    this.#refused.push(`session ${number} was refused with ${status}`)
  }

  /** A request that is sent again: its node had died, or the store was busy. */
  again(): void {
    this.#repeated += 1
  }

  /** `ended`: the sessions that were logged out, and no others. */
  judgeEnds(notes: readonly EndNote[], ended: readonly SoakSession[]): void {
    const expected = new Map(ended.map((session) => [session.number, session]))
    const times = new Map<number, number>()
    for (const { number, visits } of notes) {
      times.set(number, (times.get(number) ?? 0) + 1)
      const session = expected.get(number)
      if (!session) this.#ends.push(`session ${number} got an end handler and was not logged out`)
      else if (visits !== session.answered)
        this.#ends.push(`the end handler of session ${number} got ${visits} visits, not ${session.answered}`)
    }
    for (const number of expected.keys())
      if (times.get(number) !== 1) this.#ends.push(`session ${number} got ${times.get(number) ?? 0} end handlers`)
  }

  toString(): string {
    const counts = `${this.#answers} answers, ${this.#repeated} requests sent again`
    const kinds = `lost ${this.#lost.length}, logged out ${this.#loggedOut.length}, refused ${this.#refused.length}, wrong ends ${this.#ends.length}`
    return [`${counts}; ${kinds}`, ...this.broken.slice(0, 20).map((line) => `  ${line}`)].join('\n')
  }
}
