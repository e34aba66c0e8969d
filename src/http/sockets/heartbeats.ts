import type { Cancel, Clock } from '../../support/clock.js'

/** The other side of a connection, which may have gone without a word. */
export interface Pulse {
  /** Asks the other side for a sign of life, or ends the connection if it has given none since the last call. */
  beat(): void
}

/** Looks for connections whose other side has gone: one timer for all of them, and none while there are none. */
export class Heartbeats {
  readonly #clock: Clock
  /** null: never. */
  readonly #everyMs: number | null
  readonly #pulses = new Set<Pulse>()
  #next: Cancel | undefined

  constructor(clock: Clock, everyMs: number | null) {
    this.#clock = clock
    this.#everyMs = everyMs
  }

  add(pulse: Pulse): void {
    this.#pulses.add(pulse)
    if (!this.#next) this.#beatLater()
  }

  delete(pulse: Pulse): void {
    this.#pulses.delete(pulse)
    if (this.#pulses.size > 0) return
    this.#next?.()
    this.#next = undefined
  }

  #beatLater(): void {
    if (this.#everyMs === null) return
    this.#next = this.#clock.schedule(() => {
      this.#beatLater()
      for (const pulse of [...this.#pulses]) pulse.beat()
    }, this.#everyMs)
  }
}
