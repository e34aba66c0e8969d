import { beforeEach, describe, expect, it } from 'vitest'
import { Availability } from '../../../src/storage/guard/availability.js'
import { Guard } from '../../../src/storage/guard/guard.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'
import { Gate } from '../../support/gate.js'

const deadlineMs = 5_000

let clock: ManualClock
let guard: Guard

beforeEach(() => {
  clock = new ManualClock()
  guard = new Guard({ cache: 'shared', driver: 'memory', deadlineMs, clock, availability: new Availability(clock) })
})

const never = () => new Promise<never>(() => {})

/** What has become of it so far. */
async function state(call: Promise<unknown>): Promise<string> {
  let state = 'waits'
  call.then(
    () => {
      state = 'done'
    },
    () => {
      state = 'failed'
    },
  )
  await new Promise((resolve) => setImmediate(resolve))
  return state
}

describe('a guarded call', () => {
  it('ends at its own deadline, whatever other calls do', async () => {
    const first = guard.run('load', never)
    first.catch(() => {})
    await clock.advance(3_000)
    const second = guard.run('load', never)
    second.catch(() => {})
    const third = guard.run('load', async () => 'answered')
    expect(await third).toBe('answered')
    await clock.advance(1_999)
    expect(await state(first)).toBe('waits')
    await clock.advance(1)
    expect(await state(first)).toBe('failed')
    await clock.advance(2_999)
    expect(await state(second)).toBe('waits')
    await clock.advance(1)
    await expect(second).rejects.toMatchObject({ code: 'STORAGE_TIMEOUT', details: { operation: 'load', deadlineMs } })
  })

  it('that began when none was under way has its deadline too', async () => {
    await guard.run('load', async () => 'answered')
    await clock.advance(60_000)
    const late = guard.run('load', never)
    late.catch(() => {})
    await clock.advance(deadlineMs)
    expect(await state(late)).toBe('failed')
  })

  it('tells its driver by the signal, whenever that asks for it', async () => {
    const signals: (AbortSignal | undefined)[] = []
    const gate = new Gate()
    const eager = guard.run('load', (deadline) => {
      signals.push(deadline.signal)
      return never()
    })
    const lazy = guard.run('load', async (deadline) => {
      await gate.pass()
      signals.push(deadline.signal)
    })
    const failures = Promise.allSettled([eager, lazy])
    await clock.advance(deadlineMs)
    gate.open()
    const reasons = (await failures).map((result) => result.status === 'rejected' && result.reason)
    await clock.advance(0)
    expect(signals.map((signal) => signal?.reason)).toEqual(reasons)
  })
})
