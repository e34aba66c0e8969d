import type { Reading } from './reading.js'

/** A whole number of this unit, or nothing. TypeScript's `number` would also match what begins or ends with a blank. */
type Part<Unit extends string> = `${bigint}${Unit}` | ''

/** One part or several, the largest unit first. */
type Whole = Exclude<`${Part<'w'>}${Part<'d'>}${Part<'h'>}${Part<'m'>}${Part<'s'>}${Part<'ms'>}`, ''>

type Fraction = `${bigint}.${number}${keyof typeof unitMs}`

/**
 * A length of time: `500ms`, `90s`, `30m`, `12h`, `90d`, `1w`, `1.5h`, several of them as in `1h30m`, or the arguments of CFML's
 * createTimeSpan(): `[days, hours, minutes, seconds]`. From 1 ms to 100 years. A number without a unit is not valid, because
 * it could mean CFML's days, seconds or milliseconds. `asDuration` turns a text into one.
 */
export type Duration = Whole | Fraction | readonly [days: number, hours: number, minutes: number, seconds: number]

/** A duration, or `never`. */
export type Timeout = Duration | 'never'

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }
const timeSpanMs = [unitMs.d, unitMs.h, unitMs.m, unitMs.s]
const longestMs = 100 * 365 * unitMs.d
/** The longest delay of Node's timers. A timer with a longer one would fire at once. */
export const longestTimerMs = 2 ** 31 - 1

/** The form of a duration written as a string. The JSON Schema uses the same pattern. */
export const durationPattern = /^(\d+(\.\d+)?(ms|s|m|h|d|w))+$/

const part = /(?<amount>\d+(?:\.\d+)?)(?<unit>ms|s|m|h|d|w)/g

const asIn = 'Write it with its unit, as in 500ms, 90s, 30m, 12h, 90d or 1w.'

/** Whether one timeout is longer than another, both in milliseconds; null: never. */
export const isLonger = (a: number | null, b: number | null): boolean => b !== null && (a === null || a > b)

export function readTimeout(value: unknown): Reading<number | null> {
  return value === 'never' ? { value: null } : readDuration(value)
}

/** Reads a duration in milliseconds; `0s` is 0. */
export function readInterval(value: unknown): Reading<number> {
  return value === '0s' ? { value: 0 } : readDuration(value)
}

/** Reads a duration that this process waits for. */
export function readWait(value: unknown): Reading<number> {
  const reading = readDuration(value)
  if (!('value' in reading) || reading.value <= longestTimerMs) return reading
  return { problem: 'is longer than a process can wait', remedy: 'The longest time here is 24d.' }
}

/** Reads a duration that this process waits for; `0s` is 0. */
export const readPause = (value: unknown): Reading<number> => (value === '0s' ? { value: 0 } : readWait(value))

export function readDuration(value: unknown): Reading<number> {
  if (isBareNumber(value)) return { problem: 'has no unit', remedy: asIn }
  const ms = Array.isArray(value) ? timeSpan(value) : written(value)
  if (ms === undefined) return { problem: unreadable(value), remedy: asIn }
  if (ms < 1) return { problem: 'is shorter than 1ms', remedy: 'The shortest time is 1ms.' }
  if (ms > longestMs) return { problem: 'is too long', remedy: 'The longest time is 36500d, 100 years.' }
  return { value: Math.round(ms) }
}

const unreadable = (value: unknown) =>
  typeof value === 'string' && /^\d+[A-Za-z]+$/.test(value) ? 'has a unit that is not known' : 'is not a length of time'

const isBareNumber = (value: unknown) =>
  typeof value === 'number' || (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value))

function written(value: unknown): number | undefined {
  if (typeof value !== 'string' || !durationPattern.test(value)) return undefined
  let ms = 0
  for (const { groups } of value.matchAll(part))
    ms += Number(groups?.amount) * unitMs[groups?.unit as keyof typeof unitMs]
  return ms
}

function timeSpan(parts: readonly unknown[]): number | undefined {
  const isAmount = (amount: unknown) => typeof amount === 'number' && amount >= 0
  if (parts.length !== timeSpanMs.length || !parts.every(isAmount)) return undefined
  return timeSpanMs.reduce((ms, unit, index) => ms + unit * Number(parts[index]), 0)
}
