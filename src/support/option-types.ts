import { z } from 'zod'
import { type ByteSize, byteSizePattern, readByteSize } from './byte-size.js'
import {
  type Duration,
  durationPattern,
  readDuration,
  readInterval,
  readPause,
  readTimeout,
  readWait,
  type Timeout,
} from './duration.js'
import { ownWords } from './own-words.js'
import type { Reading } from './reading.js'

/** The documentation of a key: its meaning, which editors show, and an example, which remedies show. */
export type About = { readonly description: string; readonly examples: unknown[] }

/** A value with its own reader; `forms` are the JSON Schemas of its written forms, for editors. */
export function readBy<Written, Value>(read: (value: unknown) => Reading<Value>, forms: readonly object[]) {
  return (about: About) =>
    z
      .custom<Written>()
      .meta({ ...about, anyOf: forms })
      .transform((written, context): Value => {
        const reading = read(written)
        if ('value' in reading) return reading.value
        const { problem, remedy } = reading
        context.issues.push({ code: 'custom', message: problem, params: ownWords(remedy), input: written })
        return z.NEVER
      })
}

/** Text with a reference to a variable, such as `${SESSION_TIMEOUT:-30m}`, which a configuration may have instead of a value. */
export type Referring = `${string}\${${string}}${string}`

const timeSpan = { type: 'array', items: { type: 'number', minimum: 0 }, minItems: 4, maxItems: 4 }
const durationForms = [{ type: 'string', pattern: durationPattern.source }, timeSpan]

/** A duration, parsed to milliseconds. */
export const duration = readBy<Duration | Referring, number>(readDuration, durationForms)

/** A duration of at most 24 days, which a timer can wait for, parsed to milliseconds. */
export const waitingTime = readBy<Duration | Referring, number>(readWait, durationForms)

/** A duration of at most 24 days or `0s`, which a timer can wait for, parsed to milliseconds. */
export const pause = readBy<Duration | Referring, number>(readPause, [{ const: '0s' }, ...durationForms])

/** A duration or `0s`, parsed to milliseconds. */
export const interval = readBy<Duration | Referring, number>(readInterval, [{ const: '0s' }, ...durationForms])

/** A duration or `never`, parsed to milliseconds; null for `never`. */
export const timeout = readBy<Timeout | Referring, number | null>(readTimeout, [{ const: 'never' }, ...durationForms])

/** A size, parsed to bytes. */
export const byteSize = readBy<ByteSize | Referring, number>(readByteSize, [
  { type: 'integer', minimum: 1 },
  { type: 'string', pattern: byteSizePattern.source },
])
