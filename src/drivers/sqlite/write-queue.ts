import { setImmediate, setTimeout } from 'node:timers/promises'
import { pauses } from './busy.js'

/** The most calls of one transaction: other processes wait for it, and the event loop stands still. */
const mostTogether = 500

/** A writing call that waits for its transaction. */
export interface Job {
  /** Whether the deadline of its caller has passed; then the job is over. */
  endIfGivenUp(): boolean
  /** Makes the change, unless the deadline has passed. Throws if the whole transaction must be undone. */
  attempt(): void
  /** Answers the caller, after the commit. */
  settle(): void
  fail(error: unknown): void
}

/** Commits jobs; returns those that could not begin because the file is busy. */
export type Commit = (jobs: readonly Job[]) => readonly Job[]

/** Brings all writing calls of one turn of the event loop into one transaction, and repeats it while the file is busy. */
export class WriteQueue {
  readonly #commit: Commit
  #jobs: Job[] = []
  #drained: Promise<void> | undefined

  constructor(commit: Commit) {
    this.#commit = commit
  }

  add(job: Job): void {
    this.#jobs.push(job)
    this.#drained ??= this.#drain()
  }

  /** Resolves when no job waits. */
  async idle(): Promise<void> {
    await this.#drained
  }

  async #drain(): Promise<void> {
    let between = pauses()
    await setImmediate()
    while (this.#jobs.length > 0) {
      const busy = this.#commit(this.#jobs.splice(0, mostTogether))
      this.#jobs.unshift(...busy)
      if (busy.length === 0) between = pauses()
      await (busy.length > 0 ? setTimeout(between.next()) : setImmediate())
    }
    this.#drained = undefined
  }
}
