import { randomBytes } from 'node:crypto'
import type { Clock } from '../../support/clock.js'
import { AccessToken, unguessable } from './token.js'

/** The session of an operator's browser. It has nothing to do with the sessions of applications. */
export interface OperatorSession {
  /** Tells sessions apart in the log; no secret. */
  readonly name: string
  /** The text that its forms send back. */
  readonly csrf: string
  isCsrf(given: string): boolean
  /** A sentence for its next page. */
  notice?: string | undefined
}

const idleMs = 12 * 3_600_000
const most = 100

/** The sessions of operators, in the memory of this process. Each ends after 12 h without a request; of more than 100, the one unused for longest. */
export class OperatorSessions {
  readonly #clock: Clock
  /** By id, those used last at the end. */
  readonly #sessions = new Map<string, { readonly session: OperatorSession; readonly usedAt: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  begin(): { readonly id: string; readonly session: OperatorSession } {
    const id = unguessable()
    const csrf = unguessable()
    const expected = new AccessToken(csrf)
    const session = { name: randomBytes(4).toString('hex'), csrf, isCsrf: (given: string) => expected.matches(given) }
    this.#sessions.set(id, { session, usedAt: this.#clock.now() })
    const [oldest] = this.#sessions.keys()
    if (this.#sessions.size > most && oldest !== undefined) this.#sessions.delete(oldest)
    return { id, session }
  }

  /** Counts as a use. An id has 192 random bits: the time that a look into a map takes does not help to guess one. */
  use(id: string): OperatorSession | undefined {
    const found = this.#sessions.get(id)
    this.#sessions.delete(id)
    if (!found || this.#clock.now() - found.usedAt >= idleMs) return undefined
    this.#sessions.set(id, { session: found.session, usedAt: this.#clock.now() })
    return found.session
  }

  end(id: string): void {
    this.#sessions.delete(id)
  }
}
