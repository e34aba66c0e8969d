import type { TimeSources } from '../../src/support/steady-clock.js'

/** A machine whose clocks a test moves. */
export class MachineTime implements TimeSources {
  #wall = Date.UTC(2026, 0, 1)
  #monotonic = 5_000
  #sinceBoot = 90_000

  wall(): number {
    return this.#wall
  }

  monotonic(): number {
    return this.#monotonic
  }

  sinceBoot(): number {
    return this.#sinceBoot
  }

  pass(ms: number): void {
    this.#monotonic += ms
    this.sleep(ms)
  }

  /** Suspended, as a laptop whose lid is closed. */
  sleep(ms: number): void {
    this.#sinceBoot += ms
    this.set(ms)
  }

  /** The wall clock is set, by NTP or by hand. */
  set(ms: number): void {
    this.#wall += ms
  }
}
