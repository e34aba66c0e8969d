import type { EpochMs } from '../contract.js'

const periodMs = 1_000
/** For so many ids in each period, a node waits for a record that may be on its way. */
const mostIds = 5

/**
 * Which ids are looked for several times. Any visitor can send an id that no record has, so only the first few in a second are:
 * the others cost one look.
 */
export class Patience {
  #since: EpochMs = Number.NEGATIVE_INFINITY
  readonly #ids = new Set<string>()

  lasts(id: string, now: EpochMs): boolean {
    if (Math.abs(now - this.#since) >= periodMs) {
      this.#since = now
      this.#ids.clear()
    }
    if (this.#ids.size < mostIds) this.#ids.add(id)
    return this.#ids.has(id)
  }
}
