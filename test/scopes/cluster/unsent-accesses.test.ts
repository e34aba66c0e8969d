import { describe, expect, it } from 'vitest'
import { UnsentAccesses } from '../../../src/scopes/cluster/unsent-accesses.js'

const second = 1_000

describe('unsent accesses', () => {
  it('are sent as soon as the last one sent is as old as the interval, all of them at once', () => {
    const accesses = new UnsentAccesses(0)
    for (const now of [0, 400, 999]) {
      expect(accesses.touchAt(now, second)).toBeUndefined()
      accesses.answered(0, undefined)
    }
    expect(accesses.hits).toBe(3)
    expect(accesses.touchAt(second, second)).toEqual({ touchedAt: second, hits: 4 })
    expect(accesses.hits).toBe(0)
  })

  it('are none without an interval', () => {
    const accesses = new UnsentAccesses(0)
    expect(accesses.touchAt(0, 0)).toEqual({ touchedAt: 0, hits: 1 })
  })

  it('are counted once, however many are sent at the same time', () => {
    const accesses = new UnsentAccesses(0)
    accesses.answered(0, undefined)
    const touches = [accesses.touchAt(second, second), accesses.touchAt(second, second)]
    expect(touches.map((touch) => touch?.hits)).toEqual([2, 1])
  })

  it('are kept when the touch was not applied, but for the access that it came with', () => {
    const accesses = new UnsentAccesses(0)
    accesses.answered(0, undefined)
    accesses.giveBack(accesses.touchAt(second, second))
    expect(accesses.hits).toBe(1)
  })

  it('are sent at once when the clock has been set back', () => {
    const accesses = new UnsentAccesses(60 * second)
    expect(accesses.touchAt(0, second)).toEqual({ touchedAt: 0, hits: 1 })
  })

  it('wait for an access that another node has sent', () => {
    const accesses = new UnsentAccesses(0)
    accesses.answered(5 * second, undefined)
    expect(accesses.touchAt(5 * second + 1, second)).toBeUndefined()
  })

  it('stay as old as the latest answer, whatever the order of the answers', () => {
    const accesses = new UnsentAccesses(0)
    accesses.answered(2 * second, undefined)
    accesses.answered(second, undefined)
    expect(accesses.touchAt(2.5 * second, second)).toBeUndefined()
  })
})
