import type { Cancel, Clock } from '../support/clock.js'

interface Task {
  readonly due: number
  readonly run: () => void
}

/** A clock that a test moves by hand. Tasks run in the order of their due times. */
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

  /** Moves the time without running due tasks, like a node that slept, or whose clock is wrong. */
  jump(ms: number): void {
    this.#now += ms
  }

  /** Moves the time, runs the tasks that fall due, and lets the promises that they started proceed as far as they can without I/O. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    for (let task = this.#next(end); task; task = this.#next(end)) {
      this.#tasks.delete(task)
      this.#now = Math.max(this.#now, task.due)
      task.run()
      await promisesRun()
    }
    this.#now = end
    await promisesRun()
  }

  #next(end: number): Task | undefined {
    let next: Task | undefined
    for (const task of this.#tasks) if (task.due <= end && (!next || task.due < next.due)) next = task
    return next
  }
}

const promisesRun = () => new Promise<void>((resolve) => setImmediate(resolve))
