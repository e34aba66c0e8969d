import { describe, expect, it } from 'vitest'
import type { RedisNode } from '../../src/drivers/redis/client.js'
import { ServerClocks, skewWarning } from '../../src/drivers/redis/clocks.js'

/** A server whose clock is so far ahead of this process's. */
function serverAhead(offsetMs: number): RedisNode {
  return {
    status: 'ready',
    connect: async () => {},
    on() {},
    once() {},
    callBuffer: async () => {
      const microseconds = Math.round((performance.now() + offsetMs) * 1000)
      return [Math.floor(microseconds / 1_000_000), microseconds % 1_000_000].map((part) => Buffer.from(`${part}`))
    },
  }
}

const dead: RedisNode = {
  ...serverAhead(0),
  callBuffer: () => Promise.reject(new Error('it does not answer')),
}

const deadline = (clocks: ServerClocks) => Number(clocks.deadlineOf({ operation: 'save', givesUpAt: 1_000 }))

describe('the clocks of the servers', () => {
  it('tell when a caller gives up by the one that is furthest ahead', async () => {
    const clocks = new ServerClocks()
    await clocks.measure([serverAhead(5_000_000), serverAhead(9_000_000), dead])
    expect(Math.abs(deadline(clocks) - 9_001_000)).toBeLessThan(50)
  })

  it('tell nothing before they were read, and nothing for a caller who waits for ever', async () => {
    const clocks = new ServerClocks()
    expect(clocks.deadlineOf({ operation: 'save', givesUpAt: 1_000 })).toBe('')
    await clocks.measure([serverAhead(0)])
    expect(clocks.deadlineOf({ operation: 'save' })).toBe('')
  })

  it('are what they were while none answers', async () => {
    const clocks = new ServerClocks()
    await clocks.measure([serverAhead(9_000_000)])
    const before = deadline(clocks)
    await clocks.measure([dead])
    expect(deadline(clocks)).toBe(before)
  })

  it('are warned of when they are more than a second apart', async () => {
    const clocks = new ServerClocks()
    expect(skewWarning(await clocks.measure([serverAhead(0), serverAhead(500)]))).toEqual([])
    expect(skewWarning(await clocks.measure([serverAhead(0), serverAhead(2_000)]))).toEqual([
      expect.stringMatching(/^The clocks of the masters are (199\d|200\d) ms apart\./),
    ])
  })
})
