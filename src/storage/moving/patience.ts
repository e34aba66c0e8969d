import type { EpochMs } from '../contract.js'

const periodMs = 1_000
/** For so many ids in each period, a node waits for a record that may be on its way. */
const mostIds = 5
/** How long, and at most how many, ids are remembered for which it has waited in vain. */
const memoryMs = 60_000
const mostRemembered = 1_000

/**
 * Which ids are looked for several times. Any visitor can send an id that no record has, so only the first few in a second are,
 * and each once in a minute: the others cost one look.
 */
export class Patience {
  #since: EpochMs = Number.NEGATIVE_INFINITY
  readonly #ids = new Set<string>()
  #remembersSince: EpochMs = Number.NEGATIVE_INFINITY
  readonly #inVain = new Set<string>()

  lasts(id: string, now: EpochMs): boolean {
    if (Math.abs(now - this.#remembersSince) >= memoryMs) this.#forget(now)
    if (this.#inVain.has(id)) return false
    if (Math.abs(now - this.#since) >= periodMs) {
      this.#since = now
      this.#ids.clear()
    }
    if (this.#ids.size < mostIds) this.#ids.add(id)
    return this.#ids.has(id)
  }

  /** Called after all looks for an id. */
  end(id: string, now: EpochMs): void {
    if (this.#inVain.size >= mostRemembered) this.#forget(now)
    this.#inVain.add(id)
  }

  #forget(now: EpochMs): void {
    this.#remembersSince = now
    this.#inVain.clear()
  }
}
