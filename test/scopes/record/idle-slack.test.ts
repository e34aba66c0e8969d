import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { slackOf, withoutSlack, withSlack } from '../../../src/scopes/record/idle-slack.js'

const hour = 3_600_000

describe('the slack of a stored idle time', () => {
  it('is a tenth of the timeout, at most a minute', () => {
    expect([100, 60_000, 600_000, hour, null].map(slackOf)).toEqual([10, 6_000, 60_000, 60_000, 60_000])
    expect([100, 600_000, hour, null].map(withSlack)).toEqual([110, 660_000, hour + 60_000, null])
  })

  it('can be taken off again from every timeout, to the millisecond', () => {
    const timeouts = fc.oneof(fc.nat({ max: 2_000_000 }), fc.nat({ max: 400 * 24 * hour }), fc.constant(null))
    fc.assert(fc.property(timeouts, (timeout) => withoutSlack(withSlack(timeout)) === timeout))
    for (const timeout of [0, 1, 4, 5, 599_999, 600_000, 600_001])
      expect(withoutSlack(withSlack(timeout))).toBe(timeout)
  })
})
