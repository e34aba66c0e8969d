import { EventEmitter } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { OperatedApplication } from '../../src/admin/operated.js'
import { Counts } from '../../src/admin/watch/counts.js'
import { EventLog } from '../../src/admin/watch/event-log.js'
import { Outages } from '../../src/admin/watch/outages.js'
import { Ring } from '../../src/admin/watch/ring.js'
import { Samples } from '../../src/admin/watch/samples.js'
import { Tallies } from '../../src/admin/watch/tally.js'
import { channels, type StoreCall } from '../../src/diagnostics/channels.js'
import { traced } from '../../src/diagnostics/traced.js'
import type { ScopeEventMap } from '../../src/scopes/events.js'
import { ManualClock } from '../../src/testing/manual-clock.js'

/** A call that takes as long as `time` is moved on meanwhile. */
const call = async (cache: string, meanwhile: () => void, error?: Error) => {
  const message: StoreCall = { cache, driver: 'memory', operation: 'load' }
  const run = async () => {
    meanwhile()
    if (error) throw error
  }
  await traced(channels.store, message, run).catch(() => {})
}

describe('samples', () => {
  it('have rates, latencies and errors of each step, and start anew with the next', async () => {
    const clock = new ManualClock()
    let time = 0
    const samples = new Samples(clock, () => ({ 'shop:session': 3 }), new Tallies(() => time))
    samples.start()
    onTestFinished(() => samples.stop())
    for (const ms of [1, 1, 1, 9]) await call('embedded', () => (time += ms))
    await call('shared', () => (time += 4), new Error('away'))
    await traced(channels.load, { application: 'shop', scope: 'session', mode: 'cluster' }, async () => {})
    for (let count = 0; count < 10; count++)
      await traced(
        channels.commit,
        {
          application: 'shop',
          scope: 'session',
          mode: 'cluster',
          attributes: 1,
          bytes: 5,
        },
        async () => {},
      )
    const end = { application: 'shop', scope: 'session', id: 'a', reason: 'timeout', attempt: 1 } as const
    await traced(channels.end, end, () => Promise.reject(new Error('thrown'))).catch(() => {})
    await clock.advance(5_000)
    expect(samples.last).toMatchObject({
      at: clock.now(),
      loads: 0.2,
      commits: 2,
      ends: 0.2,
      errors: 0.4,
      caches: { embedded: { calls: 4, p50: 1, p95: 9 }, shared: { calls: 1, p50: 4, p95: 4 } },
      records: { 'shop:session': 3 },
    })
    expect(samples.last?.memory.resident).toBeGreaterThan(samples.last?.memory.heap ?? 0)
    await clock.advance(5_000)
    expect(samples.last).toMatchObject({ loads: 0, commits: 0, errors: 0, caches: {} })
    expect(samples.after(clock.now() - 5_000)).toHaveLength(1)
  })

  it('are those of the last hour, and stop', async () => {
    const clock = new ManualClock()
    const samples = new Samples(clock, () => ({}))
    samples.start()
    for (let step = 0; step < 1_500; step++) await clock.advance(5_000)
    expect(samples.after(0)).toHaveLength(720)
    expect(samples.after(0)[0]?.at).toBe(clock.now() - 719 * 5_000)
    samples.stop()
    await clock.advance(60_000)
    expect(samples.last?.at).toBe(clock.now() - 60_000)
    expect(channels.store.hasSubscribers).toBe(false)
  })
})

describe('counts', () => {
  it('are asked for when somebody looks, at most every 10 s, once for all who look', async () => {
    const clock = new ManualClock()
    const asked: string[] = []
    const directory = (name: string, count: () => Promise<number>) =>
      ({
        count: () => {
          asked.push(name)
          return count()
        },
      }) as never
    const shop = {
      directories: new Map([
        ['session', directory('session', async () => 5)],
        ['client', directory('client', () => Promise.reject(new Error('away')))],
      ]),
    } as unknown as OperatedApplication
    const counts = new Counts({ applications: new Map([['shop', shop]]), clock })
    expect(counts.recent()).toEqual({})
    const [both] = await Promise.all([counts.all(), counts.all()])
    expect(Object.fromEntries(both)).toEqual({ 'shop:session': { count: 5 }, 'shop:client': { problem: 'away' } })
    expect(asked).toEqual(['session', 'client'])
    expect(counts.recent()).toEqual({ 'shop:session': 5 })
    await clock.advance(10_001)
    expect(counts.recent()).toEqual({})
    expect(asked).toHaveLength(2)
    await counts.all()
    expect(asked).toHaveLength(4)
  })
})

describe('the log of events', () => {
  const events = new EventEmitter<ScopeEventMap>()
  const application = { events } as unknown as OperatedApplication

  it('has the last 500, the newest first, with what is known of each', () => {
    const clock = new ManualClock()
    const log = new EventLog(clock)
    log.listenTo('shop', application)
    events.emit('session:login', { scope: 'session', id: 'a', principal: 'anna' })
    events.emit('storage:unavailable', { scope: 'session', error: new Error('no answer') })
    expect(log.after(0)).toEqual([
      expect.objectContaining({ number: 2, event: 'storage:unavailable', detail: 'error no answer' }),
      {
        number: 1,
        at: clock.now(),
        application: 'shop',
        event: 'session:login',
        scope: 'session',
        id: 'a',
        detail: 'principal anna',
      },
    ])
    expect(log.after(1)).toHaveLength(1)
    for (let count = 0; count < 2_000; count++) events.emit('session:start', { scope: 'session', id: `${count}` })
    expect(log.after(0)).toHaveLength(500)
    expect(log.after(0)[0]?.number).toBe(2_002)
    log.stop()
    expect(events.eventNames()).toEqual([])
  })

  it('cuts what is long', () => {
    const log = new EventLog(new ManualClock())
    log.listenTo('shop', application)
    events.emit('session:login', { scope: 'session', id: 'a', principal: 'x'.repeat(4_000) })
    expect(log.after(0)[0]?.detail).toHaveLength(300)
    log.stop()
  })
})

describe('outages', () => {
  it('are kept by cache, the present one first', async () => {
    const clock = new ManualClock()
    const outages = new Outages(clock, ['shared'])
    outages.start()
    const begun = clock.now()
    channels.outage.publish({ cache: 'shared', isAvailable: false, reason: 'no answer' })
    channels.outage.publish({ cache: 'of another container', isAvailable: false })
    expect(outages.of('shared')).toEqual([{ from: begun, reason: 'no answer' }])
    await clock.advance(42_000)
    channels.outage.publish({ cache: 'shared', isAvailable: false, reason: 'wrong password', isContinued: true })
    channels.outage.publish({ cache: 'shared', isAvailable: true, durationMs: 42_000, failures: 7 })
    channels.outage.publish({ cache: 'shared', isAvailable: false })
    expect(outages.of('shared')).toEqual([
      { from: clock.now() },
      { from: begun, reason: 'wrong password', lastedMs: 42_000, failures: 7 },
    ])
    expect(outages.of('of another container')).toEqual([])
    outages.stop()
    expect(channels.outage.hasSubscribers).toBe(false)
  })

  it('that began before anybody listened are known by their length', () => {
    const clock = new ManualClock()
    const outages = new Outages(clock, ['shared'])
    outages.start()
    onTestFinished(() => outages.stop())
    channels.outage.publish({ cache: 'shared', isAvailable: true, durationMs: 1_000 })
    expect(outages.of('shared')).toEqual([{ from: clock.now() - 1_000, lastedMs: 1_000 }])
  })
})

it('a ring keeps the newest entries, and never more than twice as many in memory', () => {
  const ring = new Ring<number>(3)
  expect(ring.last).toBeUndefined()
  for (let entry = 1; entry <= 10; entry++) ring.push(entry)
  expect(ring.entries).toEqual([8, 9, 10])
  expect(ring.last).toBe(10)
})
