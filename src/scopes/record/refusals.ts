import type { ScopeBasics } from '../environment.js'
import { wasJustReplaced } from './replaced-seals.js'
import type { OpenResult } from './strategy.js'

/**
 * The credentials that opened no record on this node: counted since the start. Those with a wrong secret are emitted too.
 * Nothing is logged or kept of them, because a client can send any number of them.
 */
export class Refusals {
  readonly #environment: Pick<ScopeBasics, 'clock' | 'emit' | 'kind'>
  #refused = 0
  #unknown = 0

  constructor(environment: Pick<ScopeBasics, 'clock' | 'emit' | 'kind'>) {
    this.#environment = environment
  }

  /** Credentials with a wrong secret for a record that exists. */
  get refused(): number {
    return this.#refused
  }

  /** Credentials for a record that does not exist: most of these records have ended. */
  get unknown(): number {
    return this.#unknown
  }

  /** Called with the answer to each credential that a visitor presents. True if its secret has just been replaced. */
  answered(id: string, seal: string, result: OpenResult): boolean {
    if (result.status === 'missing') this.#unknown += 1
    if (result.status !== 'refused') return false
    this.#refused += 1
    const { clock, emit, kind: scope } = this.#environment
    const isSuperseded = wasJustReplaced(result.replaced, seal, clock.now())
    emit(`${scope}:refused`, { scope, id, reason: isSuperseded ? 'superseded' : 'wrong' })
    return isSuperseded
  }
}
