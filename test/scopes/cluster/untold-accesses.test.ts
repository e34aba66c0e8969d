import { describe, expect, it } from 'vitest'
import { UntoldAccesses } from '../../../src/scopes/cluster/untold-accesses.js'

const second = 1_000

describe('untold accesses', () => {
  it('are told as soon as the last one told is as old as the interval, all of them at once', () => {
    const accesses = new UntoldAccesses(0)
    for (const now of [0, 400, 999]) {
      expect(accesses.touchAt(now, second)).toBeUndefined()
      accesses.told(0, undefined)
    }
    expect(accesses.hits).toBe(3)
    expect(accesses.touchAt(second, second)).toEqual({ touchedAt: second, hits: 4 })
    expect(accesses.hits).toBe(0)
  })

  it('are none without an interval', () => {
    const accesses = new UntoldAccesses(0)
    expect(accesses.touchAt(0, 0)).toEqual({ touchedAt: 0, hits: 1 })
  })

  it('are counted once, however many are told at the same time', () => {
    const accesses = new UntoldAccesses(0)
    accesses.told(0, undefined)
    const touches = [accesses.touchAt(second, second), accesses.touchAt(second, second)]
    expect(touches.map((touch) => touch?.hits)).toEqual([2, 1])
  })

  it('are kept when the touch was not applied, but for the access that it came with', () => {
    const accesses = new UntoldAccesses(0)
    accesses.told(0, undefined)
    accesses.giveBack(accesses.touchAt(second, second))
    expect(accesses.hits).toBe(1)
  })

  it('are told at once when the clock has been set back', () => {
    const accesses = new UntoldAccesses(60 * second)
    expect(accesses.touchAt(0, second)).toEqual({ touchedAt: 0, hits: 1 })
  })

  it('wait for an access that another node has told', () => {
    const accesses = new UntoldAccesses(0)
    accesses.told(5 * second, undefined)
    expect(accesses.touchAt(5 * second + 1, second)).toBeUndefined()
  })
})
