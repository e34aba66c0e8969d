import type { EpochMs, Touch } from '../../storage/contract.js'

/** What the store does not know yet of the accesses to one record on this node: a touch is not sent with every load. */
export class UntoldAccesses {
  #toldAt: EpochMs
  #hits = 0

  /** `toldAt`: the last access that the store knows. */
  constructor(toldAt: EpochMs) {
    this.#toldAt = toldAt
  }

  get hits(): number {
    return this.#hits
  }

  /** For an access now: undefined while the store knows of one that is younger than the interval. */
  touchAt(now: EpochMs, intervalMs: number): Touch | undefined {
    const age = now - this.#toldAt
    if (age >= 0 && age < intervalMs) return undefined
    const touch = { touchedAt: now, hits: 1 + this.#hits }
    this.#hits = 0
    return touch
  }

  /** The store has answered. `touch` as `touchAt` gave it for this access. */
  told(toldAt: EpochMs, touch: Touch | undefined): void {
    this.#toldAt = toldAt
    if (!touch) this.#hits += 1
  }

  /** The touch was not applied, nor was this access one. */
  giveBack(touch: Touch | undefined): void {
    if (touch) this.#hits += (touch.hits ?? 1) - 1
  }
}
