import { z } from 'zod'
import { type ByteSize, byteSizePattern, readByteSize } from './byte-size.js'
import { type Duration, durationPattern, readDuration, readInterval, readTimeout, type Timeout } from './duration.js'
import type { Reading } from './reading.js'

/** What is said of every key of a configuration: its meaning, which editors show, and an example, which remedies show. */
export type About = { readonly description: string; readonly examples: unknown[] }

/** A value with a reader of its own; `forms` says to editors what it may look like. */
function readBy<Written, Value>(read: (value: unknown) => Reading<Value>, forms: readonly object[]) {
  return (about: About) =>
    z
      .custom<Written>()
      .meta({ ...about, anyOf: forms })
      .transform((written, context): Value => {
        const reading = read(written)
        if ('value' in reading) return reading.value
        const { problem, remedy } = reading
        context.issues.push({ code: 'custom', message: problem, params: { remedy }, input: written })
        return z.NEVER
      })
}

const timeSpan = { type: 'array', items: { type: 'number', minimum: 0 }, minItems: 4, maxItems: 4 }
const durationForms = [{ type: 'string', pattern: durationPattern.source }, timeSpan]

/** In milliseconds. */
export const duration = readBy<Duration, number>(readDuration, durationForms)

/** In milliseconds, 0 for `0s`. */
export const interval = readBy<Duration, number>(readInterval, [{ const: '0s' }, ...durationForms])

/** In milliseconds, null for `never`. */
export const timeout = readBy<Timeout, number | null>(readTimeout, [{ const: 'never' }, ...durationForms])

/** In bytes. */
export const byteSize = readBy<ByteSize, number>(readByteSize, [
  { type: 'integer', minimum: 1 },
  { type: 'string', pattern: byteSizePattern.source },
])
