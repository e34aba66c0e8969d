import { Redis } from 'ioredis'
import { afterAll, describe, expect, it } from 'vitest'
import { attributes, life, minute, start, type TestSpace, textsOf } from '../../src/testing/suite/test-space.js'
import { startRedis } from '../support/redis-server.js'
import { emptySpace } from './redis-fixture.js'

const server = await startRedis()
const client = new Redis(server.url)
afterAll(async () => {
  client.disconnect()
  await server.stop()
})

const keyOf = (prefix: string, id: string) => `{${prefix}shop:session:0}:${id}`

/** As a newer version may store it: parts behind the known ones of the head, one of them a table, and a field of its own. */
async function addNewer(key: string): Promise<void> {
  const script = `
    local head = { cmsgpack.unpack(redis.call('HGET', KEYS[1], 'head')) }
    head[16], head[17] = 'laptop', { device = { 1, 2 } }
    redis.call('HSET', KEYS[1], 'head', cmsgpack.pack(unpack(head, 1, 17)), 'digest', 'abc')`
  await client.eval(script, 1, key)
}

/** What is left of it. */
async function newerIn(key: string): Promise<unknown> {
  const script = `
    local head = { cmsgpack.unpack(redis.call('HGET', KEYS[1], 'head')) }
    return { head[16], cjson.encode(head[17]), redis.call('HGET', KEYS[1], 'digest') }`
  return client.eval(script, 1, key)
}

const newer = ['laptop', '{"device":[1,2]}', 'abc']

/** Everything that changes a record; each leaves it live, but the last. */
const changes: readonly (readonly [what: string, change: (space: TestSpace) => Promise<unknown>])[] = [
  ['a touch', (space) => space.load('a', { touch: { touchedAt: space.now, hits: 1 } })],
  ['an update', (space) => space.update('a', { set: attributes({ cart: '2' }) })],
  ['a removal', (space) => space.update('a', { unset: ['cart'] })],
  ['a clear', (space) => space.update('a', { clear: { except: [] } })],
  ['a new seal', (space) => space.update('a', { reseal: { from: 'seal', to: 'other', replaced: '' } })],
  ['a description', (space) => space.update('a', { description: 'phone' })],
  ['a principal', (space) => space.update('a', { principal: 'ada' })],
  ['no principal', (space) => space.update('a', { principal: null })],
  ['a life', (space) => space.update('a', { life: { endsAt: space.now + minute } })],
  ['a lock', (space) => Promise.resolve(space.space.lock?.('a', { now: space.now, token: 't', leaseMs: minute }))],
  ['an end', (space) => space.update('a', { ending: 'logout' })],
  ['a claim', (space) => space.claim()],
]

describe('85. what a newer version has added to a record in Redis', () => {
  it('is no attribute, changes nothing of what is known, and is kept by every change', async () => {
    const space = await emptySpace({ url: server.url, prefix: 'kept:' })
    const key = keyOf('kept:', 'a')
    await space.create('a', { set: attributes({ cart: '1' }) })
    const before = await space.stored('a')
    await addNewer(key)
    expect(await space.stored('a')).toEqual(before)
    for (const [what, change] of changes) {
      await change(space)
      expect(await newerIn(key), what).toEqual(newer)
    }
  })

  it('is there in a record with a principal, which is listed, claimed and settled', async () => {
    const space = await emptySpace({ url: server.url, prefix: 'claimed:' })
    await space.create('a', { principal: 'ada', set: attributes({ cart: '1' }) })
    await addNewer(keyOf('claimed:', 'a'))
    expect(await space.ids({ principal: 'ada' })).toEqual(['a'])
    space.pass(life.idleMs)
    const [first] = await space.claim()
    expect(first).toMatchObject({ attempt: 1, record: { principal: 'ada', createdAt: start } })
    space.pass(minute)
    const claims = await space.claim()
    expect(claims).toMatchObject([{ attempt: 2 }])
    expect(claims.map(({ record }) => textsOf(record))).toEqual([[['cart', '1']]])
    expect(await space.renew(claims)).toEqual(['a'])
    expect(await space.settle(claims)).toEqual(['a'])
    expect(await client.exists(keyOf('claimed:', 'a'))).toBe(0)
  })

  it('does not keep a record that has no attribute left', async () => {
    const space = await emptySpace({ url: server.url, prefix: 'vacant:' })
    await space.create('a', { set: attributes({ cart: '1' }) })
    await addNewer(keyOf('vacant:', 'a'))
    expect(await space.update('a', { unset: ['cart'], dropIfEmpty: true })).toMatchObject({ dropped: true })
    expect(await space.load('a')).toEqual({ status: 'missing' })
    expect(await space.update('a', { set: attributes({ cart: '2' }) })).toMatchObject({ status: 'saved' })
    expect(await newerIn(keyOf('vacant:', 'a'))).toEqual(newer)
  })
})
