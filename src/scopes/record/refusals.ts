import type { ScopeBasics } from '../environment.js'

/**
 * The credentials that opened no record on this node: counted since the start. Those with a wrong secret are emitted too.
 * Nothing is logged or kept of them, because a client can send any number of them.
 */
export class Refusals {
  readonly #environment: Pick<ScopeBasics, 'emit' | 'kind'>
  #refused = 0
  #unknown = 0

  constructor(environment: Pick<ScopeBasics, 'emit' | 'kind'>) {
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

  /** The record exists and the secret is wrong. `superseded`: it was the right one until a moment ago. */
  refuse(id: string, reason: 'superseded' | 'wrong'): void {
    this.#refused += 1
    const { emit, kind: scope } = this.#environment
    emit(`${scope}:refused`, { scope, id, reason })
  }

  miss(): void {
    this.#unknown += 1
  }
}
