import type { Cancel, Clock } from '../../src/support/clock.js'
import { systemClock } from '../../src/support/steady-clock.js'

interface Task {
  readonly due: number
  readonly run: () => void
}

/** Real time, in which more time may pass than really does. */
export class TravellingClock implements Clock {
  #ahead: number
  readonly #tasks = new Set<Task>()

  constructor(ahead = 0) {
    this.#ahead = ahead
  }

  /** How much more time has passed than really has. */
  get ahead(): number {
    return this.#ahead
  }

  now(): number {
    return Date.now() + this.#ahead
  }

  schedule(run: () => void, delayMs: number): Cancel {
    const task = { due: this.now() + delayMs, run: () => void (this.#tasks.delete(task) && run()) }
    this.#tasks.add(task)
    const cancel = systemClock.schedule(task.run, delayMs)
    return () => {
      cancel()
      this.#tasks.delete(task)
    }
  }

  /** Time passes, and nothing runs before its delay is really over. */
  jump(ms: number): void {
    this.#ahead += ms
  }

  /** Time passes, and what has fallen due runs. */
  advance(ms: number): void {
    this.jump(ms)
    const now = this.now()
    for (const task of [...this.#tasks].filter(({ due }) => due <= now).sort((a, b) => a.due - b.due)) task.run()
  }
}
