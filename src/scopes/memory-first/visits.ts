import type { EpochMs, Life } from '../../storage/contract.js'
import { expiryOf } from '../../storage/record.js'
import { withoutSlack } from '../record/idle-slack.js'

/** When a live record was last visited, as far as this node knows. */
export class Visits {
  #lastAt: EpochMs
  /** Of another node, or of a process before this one, which may have had later ones within the slack. */
  #elsewhereAt: EpochMs

  constructor(lastAt: EpochMs, elsewhereAt: EpochMs) {
    this.#lastAt = lastAt
    this.#elsewhereAt = elsewhereAt
  }

  get lastAt(): EpochMs {
    return this.#lastAt
  }

  /** A visit on this node. */
  here(now: EpochMs): void {
    if (now > this.#lastAt) this.#lastAt = now
  }

  /** The store knows of a visit that it was not informed of by this node. */
  elsewhere(at: EpochMs): void {
    this.#elsewhereAt = at
  }

  /** Whether a record of this life, as it is stored, has expired. */
  areOver({ idleMs, endsAt }: Life, now: EpochMs): boolean {
    return (
      isOver({ idleMs: withoutSlack(idleMs), endsAt }, this.#lastAt, now) &&
      isOver({ idleMs, endsAt }, this.#elsewhereAt, now)
    )
  }
}

function isOver(life: Life, touchedAt: EpochMs, now: EpochMs): boolean {
  const expiresAt = expiryOf(life, touchedAt)
  return expiresAt !== null && expiresAt <= now
}
