import { Socket } from 'node:net'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { attributes, start } from '../../src/testing/suite/test-space.js'
import { deadlineOf } from '../support/deadline.js'
import { redisCli, startRedis } from '../support/redis-server.js'
import { emptySpace } from './redis-fixture.js'

const server = await startRedis()
afterAll(() => server.stop())

const scriptsRun = async () =>
  Number(/cmdstat_evalsha:calls=(\d+)/.exec(await redisCli(server.port, 'info', 'commandstats'))?.[1] ?? 0)

/** As they are in practice, in a session of 50 attributes and 20 KB. */
const id = 'AbCdEfGhIjKlMnOpQrStUv'
const seal = 'LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ'
const version = 'Xz81kLm0pQ2r.4f'
const names = Array.from({ length: 50 }, (_, n) => `attribute-${n}`)
const record = { version, seal, set: attributes(Object.fromEntries(names.map((name) => [name, 'x'.repeat(400)]))) }

/** Bytes per call, to and from Redis, over many calls. */
async function bytesPer(call: () => Promise<unknown>): Promise<{ sent: number; received: number }> {
  const calls = 200
  const counters = async () => {
    const stats = await redisCli(server.port, 'info', 'stats')
    const counter = (name: string) => Number(new RegExp(`${name}:(\\d+)`).exec(stats)?.[1])
    return { sent: counter('total_net_input_bytes'), received: counter('total_net_output_bytes') }
  }
  await call()
  const before = await counters()
  const between = await counters()
  for (let n = 0; n < calls; n += 1) await call()
  const after = await counters()
  const per = (name: 'sent' | 'received') => (after[name] - 2 * between[name] + before[name]) / calls
  return { sent: per('sent'), received: per('received') }
}

describe('what the driver redis sends', () => {
  it('is one script for a load and one for a save', async () => {
    const space = await emptySpace({ url: server.url })
    await space.create(id, record)
    await space.load(id)
    await space.update(id, { set: attributes({ cart: '1' }) })
    const before = await scriptsRun()
    await space.load(id, { touch: { touchedAt: start, hits: 1 } })
    expect(await scriptsRun()).toBe(before + 1)
    await space.update(id, { set: attributes({ cart: '2' }) })
    expect(await scriptsRun()).toBe(before + 2)
  })

  it.each([
    ['200 bytes', 200, undefined],
    ['0.3 KB with a touch', 300, { touchedAt: start, hits: 1 }],
  ])('is under %s for a load of a version that this node holds', async (_, most, touch) => {
    const space = await emptySpace({ url: server.url, prefix: 'scopes:' })
    await space.remove(id)
    await space.create(id, record)
    const { sent, received } = await bytesPer(() => space.load(id, { seal, ifChangedSince: version, touch }))
    expect(sent).toBeLessThan(most)
    expect(received).toBeLessThan(100)
  })

  it('is under 0.7 KB for a change of one attribute, besides the attribute', async () => {
    const space = await emptySpace({ url: server.url, prefix: 'scopes:' })
    await space.remove(id)
    await space.create(id, record)
    let n = 0
    const { sent, received } = await bytesPer(() => {
      n += 1
      const change = { version: `Xz81kLm0pQ2r.${n}`, dropIfEmpty: true, set: attributes({ cart: 'y'.repeat(400) }) }
      return space.space.save(
        { mode: 'update', id, ...change },
        { now: space.now, deadline: deadlineOf(new AbortController().signal, 2_000) },
      )
    })
    expect(sent - 400).toBeLessThan(500)
    expect(received).toBeLessThan(100)
  })

  it('in one turn of the event loop leaves in one write', async () => {
    const space = await emptySpace({ url: server.url })
    await space.create('a')
    const single = vi.spyOn(Socket.prototype, '_write')
    const several = vi.spyOn(Socket.prototype, '_writev' as '_write')
    await Promise.all([space.load('a'), space.load('b'), space.update('a'), space.load('c')])
    expect([single.mock.calls.length, several.mock.calls.length]).toEqual([0, 1])
    vi.restoreAllMocks()
  })

  it('for an idle sweep does not grow with the number of buckets', async () => {
    const space = await emptySpace({ url: server.url, buckets: 256 })
    await space.claim()
    const before = await scriptsRun()
    for (let n = 0; n < 10; n += 1) await space.claim()
    expect((await scriptsRun()) - before).toBe(40)
  })
})
