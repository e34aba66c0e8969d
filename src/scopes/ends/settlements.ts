import { setImmediate } from 'node:timers/promises'
import type { Claim } from '../../storage/contract.js'
import type { ScopeEnvironment } from '../environment.js'

/** Collects the claims to settle within one turn of the event loop, and settles them in one call. */
export class Settlements {
  readonly #environment: ScopeEnvironment
  #claims: Claim[] = []
  #underWay: Promise<unknown> | undefined

  constructor(environment: ScopeEnvironment) {
    this.#environment = environment
  }

  async settle(claim: Claim): Promise<void> {
    this.#claims.push(claim)
    this.#underWay ??= this.#settleAll()
    await this.#underWay
  }

  async #settleAll(): Promise<void> {
    await setImmediate()
    const claims = this.#claims
    this.#claims = []
    this.#underWay = undefined
    const { clock, space } = this.#environment
    await space.settle(claims, { now: clock.now() })
  }
}
