import { describe, expect, it } from 'vitest'
import { StoreClock } from '../../../src/storage/caches/store-clock.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'

const fiveMinutes = 300_000

describe("the store's clock", () => {
  it('is the clock of the node until the store has told its time', () => {
    const node = new ManualClock()
    expect(new StoreClock(node).now()).toBe(node.now())
  })

  it.each([fiveMinutes, -fiveMinutes])('corrects a node that is %i ms off', async (error) => {
    const node = new ManualClock()
    const clock = new StoreClock(node)
    const asked = node.now()
    await node.advance(10)
    clock.adjust(asked + 5 - error, asked, node.now())
    expect(clock.offsetMs).toBe(-error)
    await node.advance(1_000)
    expect(clock.now()).toBe(node.now() - error)
  })

  it('does not follow what the way to the store explains', () => {
    const node = new ManualClock()
    const clock = new StoreClock(node)
    clock.adjust(node.now() + 100, node.now(), node.now())
    clock.adjust(node.now() + 104, node.now() - 5, node.now() + 5)
    expect(clock.offsetMs).toBe(100)
  })
})
