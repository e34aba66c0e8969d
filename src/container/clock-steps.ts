import type { Cancel, Clock } from '../support/clock.js'
import type { Logger } from '../support/logger.js'

/** Warns of each time that the machine is set to another time while the process runs. */
export function warnOfSteps(clock: Clock, log: Logger): Cancel {
  const warn = (stepMs: number) =>
    log.warn(
      { stepMs },
      'the clock of this machine was set to another time; records go on by the time that has really passed, and a restart takes over the new time',
    )
  return clock.onStep?.(warn) ?? (() => {})
}
