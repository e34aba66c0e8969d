import type { Cancel, Clock } from '../support/clock.js'

interface Task {
  readonly due: number
  readonly run: () => void
}

/** A clock that stands still until it is told to move; tasks run in the order of their due times. */
export class ManualClock implements Clock {
  #now: number
  readonly #tasks = new Set<Task>()

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  schedule(run: () => void, delayMs: number): Cancel {
    const task = { due: this.#now + delayMs, run }
    this.#tasks.add(task)
    return () => this.#tasks.delete(task)
  }

  /** Moves the time without running anything that falls due: a node that slept, or whose clock is wrong. */
  jump(ms: number): void {
    this.#now += ms
  }

  /** Moves the time, runs what falls due on the way, and lets the promises these tasks started go as far as they can without I/O. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    for (let task = this.#next(end); task; task = this.#next(end)) {
      this.#tasks.delete(task)
      this.#now = Math.max(this.#now, task.due)
      task.run()
      await settled()
    }
    this.#now = end
    await settled()
  }

  #next(end: number): Task | undefined {
    let next: Task | undefined
    for (const task of this.#tasks) if (task.due <= end && (!next || task.due < next.due)) next = task
    return next
  }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
