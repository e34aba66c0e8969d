import { describe, expect, it } from 'vitest'
import { asDuration, asTimeout, parseDuration, parseTimeout } from '../../src/errors/parse-duration.js'
import type { Duration } from '../../src/support/duration.js'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

describe('a duration', () => {
  it.each<[Duration, number]>([
    ['500ms', 500],
    ['90s', 90 * second],
    ['30m', 30 * minute],
    ['12h', 12 * hour],
    ['90d', 90 * day],
    ['1w', 7 * day],
    ['1h30m', 90 * minute],
    ['1.5h', 90 * minute],
    [[0, 0, 30, 0], 30 * minute],
    [[1, 2, 3, 4], day + 2 * hour + 3 * minute + 4 * second],
  ])('%j is %d ms', (duration, ms) => expect(parseDuration(duration)).toBe(ms))

  it.each([
    [30, 'has no unit'],
    ['30', 'has no unit'],
    ['', 'is not a length of time'],
    ['30 minutes', 'is not a length of time'],
    ['30M', 'has a unit that is not known'],
    ['-30m', 'is not a length of time'],
    ['30mm', 'has a unit that is not known'],
    ['never', 'is not a length of time'],
    [null, 'is not a length of time'],
    [{}, 'is not a length of time'],
    [[0, 30], 'is not a length of time'],
    [[0, 0, -30, 0], 'is not a length of time'],
    [[0, 0, '30', 0], 'is not a length of time'],
    ['0s', 'is shorter than 1ms'],
    [[0, 0, 0, 0], 'is shorter than 1ms'],
    ['101w99999d', 'is too long'],
    [`${'9'.repeat(400)}d`, 'is too long'],
  ])('%j %s', (value, problem) => {
    expect(() => parseDuration(value as Duration)).toThrow(
      expect.objectContaining({ code: 'DURATION_INVALID', message: expect.stringContaining(problem) }),
    )
  })

  it('tells for a number without a unit how to write it', () => {
    expect(() => parseDuration(30 as never)).toThrow('The duration 30 has no unit. Write it with its unit, as in')
  })
})

describe('a timeout', () => {
  it('may be never', () => expect(parseTimeout('never')).toBeNull())
  it('is a duration otherwise', () => expect(parseTimeout('5m')).toBe(5 * minute))
})

describe('a text that comes from elsewhere', () => {
  it('is the same text as a type, if it is one', () => {
    expect(asDuration('1h30m')).toBe('1h30m')
    expect(asTimeout('never')).toBe('never')
    expect(asTimeout('30m1h')).toBe('30m1h')
  })

  it.each(['30 min', '30', '', 'never'])('is refused as a duration if it is %j', (text) => {
    expect(() => asDuration(text)).toThrow(expect.objectContaining({ code: 'DURATION_INVALID' }))
  })

  it.each(['30 min', '30', 'Never'])('is refused as a timeout if it is %j', (text) => {
    expect(() => asTimeout(text)).toThrow(expect.objectContaining({ code: 'DURATION_INVALID' }))
  })
})
