import { parseDuration } from '../errors/parse-duration.js'
import type { Cancel, Clock } from '../support/clock.js'
import type { Duration } from '../support/duration.js'

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

  /**
   * Moves the time without running due tasks, like a node that slept, or whose clock is wrong. A number is milliseconds, from
   * below 0 on. Throws TypeError, DURATION_INVALID.
   */
  jump(time: number | Duration): void {
    this.#now += millisecondsOf(time)
  }

  /**
   * Moves the time, runs the tasks that fall due, each at its time, and lets the promises that they started proceed as far as
   * they can without I/O. A number is milliseconds. A container sweeps every second, so a month takes a minute: see `jump`.
   * Throws TypeError, DURATION_INVALID.
   */
  async advance(time: number | Duration): Promise<void> {
    const ms = millisecondsOf(time)
    if (ms < 0) throw new TypeError('A clock advances by 0 milliseconds or more; jump() can go back')
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

function millisecondsOf(time: number | Duration): number {
  if (typeof time !== 'number') return parseDuration(time)
  if (Number.isFinite(time)) return time
  throw new TypeError('A time is a finite number of milliseconds, or a duration as in 30m')
}

const promisesRun = () => new Promise<void>((resolve) => setImmediate(resolve))
