import { afterAll, describe, expect, it, vi } from 'vitest'
import { attributes } from '../../src/testing/suite/test-space.js'
import { countedLine } from '../support/counted-line.js'
import { startPostgres } from '../support/postgres-server.js'
import { emptySpace } from './postgres-fixture.js'

const server = await startPostgres()
afterAll(() => server.stop())

async function spaceBehindCounter() {
  const line = await countedLine(server.port)
  const space = await emptySpace({ port: line.port, database: 'postgres', connections: 1 })
  await space.create('a', { version: 'v1', set: attributes({ cart: '1', more: '2' }) })
  const touch = { touchedAt: space.now, hits: 1 }
  return { line, space, touch }
}

describe('what the driver postgres sends', () => {
  it('is one round trip for a load, a save of attributes, a create and a lock', async () => {
    const { line, space, touch } = await spaceBehindCounter()
    const { now } = space
    const lease = { now, token: 'holder', leaseMs: 1_000 }
    const calls: (() => Promise<unknown> | undefined)[] = [
      () => space.load('a', { touch, seal: 'seal' }),
      () => space.load('a', { touch, seal: 'seal', ifChangedSince: 'v1' }),
      () => space.load('a'),
      () => space.load('unknown', { touch }),
      () => space.update('a', { set: attributes({ cart: '2', more: '3' }), touch }),
      () => space.create('b', { set: attributes({ cart: '1', more: '2' }) }),
      () => space.create('b'),
      () => space.space.lock?.('a', lease),
      () => space.space.unlock?.('a', lease),
      () => space.claim(),
      () => space.count(),
    ]
    for (const call of calls) {
      const { roundTrips } = await line.of(async () => call())
      expect(roundTrips, String(call)).toBe(1)
    }
  })

  it('is two round trips for a change that must read the record first', async () => {
    const { line, space } = await spaceBehindCounter()
    const removing = () => space.update('a', { unset: ['more'], dropIfEmpty: true })
    expect(await line.of(removing)).toMatchObject({ roundTrips: 2 })
    expect(await line.of(() => space.update('a', { principal: 'ada' }))).toMatchObject({ roundTrips: 2 })
    expect(await line.of(() => space.update('a', { ending: 'logout' }))).toMatchObject({ roundTrips: 2 })
  })

  it('does not grow with the record for a load of a version that the caller holds', async () => {
    const { line, space, touch } = await spaceBehindCounter()
    const unchanged = (version: string) => () => space.load('a', { touch, seal: 'seal', ifChangedSince: version })
    await unchanged('v1')() // prepares the statement
    const small = await line.of(unchanged('v1'))
    const set = new Map([['large', Buffer.alloc(100_000)]])
    await space.update('a', { version: 'v2', set })
    const large = await line.of(unchanged('v2'))
    expect(Math.abs(large.received - small.received)).toBeLessThan(50)
    expect(large.sent).toBe(small.sent)
    expect(large.received + large.sent).toBeLessThan(800)
    expect((await line.of(() => space.load('a'))).received).toBeGreaterThan(100_000)
  })

  it('is hardly more than the attributes on the way there, and a third more on the way back', async () => {
    const { line, space, touch } = await spaceBehindCounter()
    const bytes = 100_000
    const update = () => space.update('a', { set: new Map([['large', Buffer.alloc(bytes, 255)]]) })
    const load = () => space.load('a', { touch })
    await Promise.all([update(), load()]) // prepares the statements
    expect((await line.of(update)).sent).toBeLessThan(bytes + 500)
    expect((await line.of(load)).received).toBeLessThan(bytes * 1.36 + 500)
  })

  it('is the same write for the calls of one turn', async () => {
    const { line, space, touch } = await spaceBehindCounter()
    const visits = () => Promise.all(Array.from({ length: 10 }, () => space.load('a', { touch })))
    await visits()
    const { sent: single } = await line.of(() => space.load('a', { touch }))
    const { sent } = await line.of(visits)
    expect(sent).toBe(10 * single)
    const write = vi.spyOn((await import('node:net')).Socket.prototype, '_writev' as '_write')
    await visits()
    expect(write.mock.calls.length).toBeLessThan(10)
    vi.restoreAllMocks()
  })
})
