import type { Clock } from '../../support/clock.js'
import { networkOf } from './network.js'

const most = 10
const windowMs = 60_000
/** More networks than this are not told apart. */
const mostNetworks = 1_000

/**
 * Wrong tokens by the network that sent them. After ten within a minute its further wrong ones are refused without a line in the log. A
 * right token is never looked up here: otherwise strangers could lock the operators out.
 */
export class Attempts {
  readonly #clock: Clock
  readonly #failures = new Map<string, { count: number; readonly since: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** How long a wrong token of this address has to wait, in milliseconds; 0: not at all. */
  waitMs(address: string): number {
    const failed = this.#of(address)
    return failed && failed.count >= most ? failed.since + windowMs - this.#clock.now() : 0
  }

  failed(address: string): void {
    const failed = this.#of(address)
    if (failed) failed.count += 1
    else this.#begin(address)
  }

  #of(address: string) {
    const failed = this.#failures.get(networkOf(address)) ?? this.#failures.get(others)
    return failed && this.#clock.now() - failed.since < windowMs ? failed : undefined
  }

  #begin(address: string): void {
    const now = this.#clock.now()
    for (const [known, { since }] of this.#failures) if (now - since >= windowMs) this.#failures.delete(known)
    this.#failures.set(this.#failures.size < mostNetworks ? networkOf(address) : others, { count: 1, since: now })
  }
}

const others = 'others'
