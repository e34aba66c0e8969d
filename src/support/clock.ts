/** Cancels a scheduled task. Does nothing if the task has run already. */
export type Cancel = () => void

/** The source of time. All code that reads the time or waits takes one, so that tests need not wait. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number
  /** Runs `task` once, `delayMs` (from 0) later. A pending task never keeps the process alive. */
  schedule(task: () => void, delayMs: number): Cancel
  /** Calls `listener` whenever the machine was set to another time, which `now` does not follow: by how many milliseconds. Absent: not noticed. */
  onStep?(listener: (stepMs: number) => void): Cancel
}

/** Resolves `delayMs` later by `clock`, or as soon as `signal` aborts. */
export function wait(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const done = () => {
      cancel()
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const cancel = clock.schedule(done, delayMs)
    signal?.addEventListener('abort', done)
  })
}
