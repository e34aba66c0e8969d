import { inspect, isDeepStrictEqual } from 'node:util'
import type { Call } from './calls.js'
import { Oracle } from './oracle.js'
import { plain } from './plain.js'

/** A call with the driver's answer. */
export interface Heard {
  readonly call: Call
  readonly answer: unknown
}

/** What the space may hold, by all answers so far: one oracle for each state that explains them. */
export class Belief {
  #oracles: readonly Oracle[] = [new Oracle()]

  /** One of the possible states. */
  get oracle(): Oracle {
    return this.#oracles[0] as Oracle
  }

  /** Calls that were under way at the same time. Throws when no order of them explains the answers. */
  learn(heard: readonly Heard[]): void {
    const isAlone = heard.length === 1
    const given = new Map(heard.map((one) => [one, plain(one.answer)]))
    const isExpected = (oracle: Oracle, one: Heard) =>
      isDeepStrictEqual(given.get(one), plain(one.call.expected(oracle, one.answer, isAlone)))

    const explained: Oracle[] = []
    for (const before of this.#oracles) {
      for (const order of ordersOf(heard)) {
        const oracle = new Oracle(before.rows)
        if (order.every((one) => isExpected(oracle, one)) && !explained.some((other) => isSame(other, oracle)))
          explained.push(oracle)
      }
    }
    if (explained.length === 0) throw new Error(this.#reproach(heard))
    this.#oracles = explained
  }

  #reproach(heard: readonly Heard[]): string {
    const isAlone = heard.length === 1
    const oracle = new Oracle(this.oracle.rows)
    const lines = heard.map(({ call, answer }) => {
      const expected = plain(call.expected(oracle, answer, isAlone))
      return `${shown(plain(call.said))}\n  answered ${shown(plain(answer))}\n  expected ${shown(expected)}`
    })
    const told = isAlone ? 'Another answer was expected' : 'No order of these calls explains the answers; in this one'
    return `${told}, in ${this.#oracles.length} possible state(s):\n${lines.join('\n')}`
  }
}

const isSame = (a: Oracle, b: Oracle): boolean => isDeepStrictEqual(a.rows, b.rows)

function* ordersOf<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length <= 1) yield items
  else
    for (const [n, item] of items.entries()) for (const rest of ordersOf(items.toSpliced(n, 1))) yield [item, ...rest]
}

const shown = (value: unknown): string => inspect(value, { depth: 9, breakLength: 200, maxStringLength: 60 })
