import { inspect } from 'node:util'
import { type Duration, readDuration, readTimeout, type Timeout } from '../support/duration.js'
import type { Reading } from '../support/reading.js'
import { ScopesError } from './scopes-error.js'

/** The same text as a Duration, for one that comes from elsewhere than the code. Throws DURATION_INVALID. */
export function asDuration(text: string): Duration {
  parseDuration(text as Duration)
  return text as Duration
}

/** The same text as a Timeout, which is a duration or `never`. Throws DURATION_INVALID. */
export function asTimeout(text: string): Timeout {
  parseTimeout(text as Timeout)
  return text as Timeout
}

/** The duration in milliseconds. Throws DURATION_INVALID. */
export function parseDuration(duration: Duration): number {
  return accepted(duration, readDuration(duration))
}

/** The timeout in milliseconds; null for `never`. Throws DURATION_INVALID. */
export function parseTimeout(timeout: Timeout): number | null {
  return accepted(timeout, readTimeout(timeout))
}

function accepted<T>(given: unknown, reading: Reading<T>): T {
  if ('value' in reading) return reading.value
  throw new ScopesError('DURATION_INVALID', { value: inspect(given), ...reading })
}
