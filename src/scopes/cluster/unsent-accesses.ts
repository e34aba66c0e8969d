import type { EpochMs, Touch } from '../../storage/contract.js'

/** The accesses to one record on this node that the store does not know yet, because not every load sends a touch. */
export class UnsentAccesses {
  #knownAt: EpochMs
  #hits = 0

  /** `knownAt`: the time of the last access that the store knows. */
  constructor(knownAt: EpochMs) {
    this.#knownAt = knownAt
  }

  get hits(): number {
    return this.#hits
  }

  /** The touch to send with an access now; undefined if the store knows of an access within the interval. */
  touchAt(now: EpochMs, intervalMs: number): Touch | undefined {
    const age = now - this.#knownAt
    if (age >= 0 && age < intervalMs) return undefined
    const touch = { touchedAt: now, hits: 1 + this.#hits }
    this.#hits = 0
    return touch
  }

  /** Called when the store has answered. `touch` is the result of `touchAt` for this access. */
  answered(knownAt: EpochMs, touch: Touch | undefined): void {
    this.#knownAt = Math.max(this.#knownAt, knownAt)
    if (!touch) this.#hits += 1
  }

  /** Called when the load failed or was refused: its touch was not applied, and the access itself does not count. */
  giveBack(touch: Touch | undefined): void {
    if (touch) this.#hits += (touch.hits ?? 1) - 1
  }
}
