import { beforeEach, describe, expect, it } from 'vitest'
import { LockQueue, mostWaiting } from '../../../src/scopes/record/lock-queue.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'

let clock: ManualClock
let queue: LockQueue

beforeEach(() => {
  clock = new ManualClock()
  queue = new LockQueue('session', clock)
})

describe('57. the queue for a lock', () => {
  it('calls one after the other, in the order in which they came', async () => {
    const called: number[] = []
    const turns = [1, 2, 3].map(async (n) => {
      const leave = await queue.enter('a', 1_000)
      called.push(n)
      return leave
    })
    for (const turn of turns) {
      const leave = await turn
      await clock.advance(0)
      leave()
    }
    expect(called).toEqual([1, 2, 3])
    expect((await queue.enter('a', 0))()).toBeUndefined()
  })

  it('does not let records wait for each other', async () => {
    await queue.enter('a', 0)
    await queue.enter('b', 0)
  })

  it('gives up a place after its wait, and calls the one behind it', async () => {
    const leave = await queue.enter('a', 0)
    const impatient = queue.enter('a', 1_000)
    const patient = queue.enter('a', 60_000)
    const refusal = expect(impatient).rejects.toMatchObject({ code: 'LOCK_NOT_TAKEN', status: 503 })
    await clock.advance(1_000)
    await refusal
    leave()
    await patient
  })

  it('refuses at once what would be too many', async () => {
    const leave = await queue.enter('a', 0)
    const waiting = Array.from({ length: mostWaiting }, () => queue.enter('a', 60_000))
    await expect(queue.enter('a', 60_000)).rejects.toMatchObject({ code: 'LOCK_BUSY', status: 503 })
    let next = leave
    for (const turn of waiting) {
      next()
      next = await turn
    }
  })
})
