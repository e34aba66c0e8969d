import type { Clock } from '../support/clock.js'
import { systemClock } from '../support/steady-clock.js'

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

/** How often a process that npm started looks whether its parent still runs. */
const parentCheckMs = 250

/** npm passes on what the terminal or a service manager sends to the whole group: within this time a signal is the same one. */
const echoMs = 1_000

/** What is left to other code of the process once the container is closed, before the process ends anyway. */
const exitMs = 1_000

export interface Stopping {
  /** Closes the container; called once. */
  readonly close: () => Promise<void>
  /** Says why the process stops. */
  readonly say: (message: string) => void
  /** Says why the container could not be closed. */
  readonly fail: (error: unknown) => void
  readonly clock?: Clock
}

/**
 * Closes a container when the process is told to stop, and ends the process: with exit code 0, or 1 if closing fails. A second
 * signal ends it at once, with 1.
 *
 * npm and npx run a program through a shell. At SIGTERM they end, and so does the shell, but the signal does not reach the
 * program. So a process that npm started stops when its parent has ended, too.
 */
export function stopAtSignals({ close, say, fail, clock = systemClock }: Stopping): void {
  const isUnderNpm = process.env.npm_lifecycle_event !== undefined
  const parent = process.ppid
  let stoppedAt: number | undefined

  const stop = (reason: string) => {
    stoppedAt = clock.now()
    say(`${reason}: stopping; another signal stops at once`)
    close()
      .catch((error) => {
        process.exitCode = 1
        fail(error)
      })
      .finally(() => clock.schedule(() => process.exit(), exitMs))
  }
  const onSignal = (signal: NodeJS.Signals) => {
    if (stoppedAt === undefined) stop(signal)
    else if (!isUnderNpm || clock.now() - stoppedAt >= echoMs) process.exit(1)
  }
  const watchParent = () => {
    if (stoppedAt !== undefined) return
    if (process.ppid === parent) clock.schedule(watchParent, parentCheckMs)
    else stop('npm has ended')
  }

  for (const signal of signals) process.on(signal, onSignal)
  if (isUnderNpm) clock.schedule(watchParent, parentCheckMs)
}
