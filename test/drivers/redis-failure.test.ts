import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { reasonOf } from '../../src/support/errors.js'
import { attributes, life, start, textsOf } from '../../src/testing/suite/test-space.js'
import { redisCli, startRedis } from '../support/redis-server.js'
import { createRedis, emptySpace, openRedis } from './redis-fixture.js'

async function serverFor(settings: Readonly<Record<string, string>> = {}) {
  const server = await startRedis(settings)
  onTestFinished(() => server.stop())
  return server
}

describe('a Redis that cannot be used', () => {
  it('is refused at open, with the cause', async () => {
    await expect(openRedis({ port: 1 })).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
      message: expect.stringContaining('ECONNREFUSED 127.0.0.1:1'),
    })
  })

  it('is refused for a wrong password, and nothing tells it', async () => {
    const { port } = await serverFor({ requirepass: 'right' })
    const error = await openRedis({ port, password: 'wrong-one' }).catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'STORAGE_UNUSABLE' })
    expect([error.message, JSON.stringify(error.cause)].join()).not.toContain('wrong-one')
    await expect(openRedis({ port })).rejects.toMatchObject({ code: 'STORAGE_UNUSABLE' })
    await openRedis({ url: `redis://:right@127.0.0.1:${port}` })
  })

  it('is refused for a database it does not have', async () => {
    const { port } = await serverFor()
    await expect(openRedis({ port, db: 99 })).rejects.toThrow('DB index is out of range')
  })

  it('is refused when it is a node of a cluster, or none', async () => {
    const node = await serverFor({ 'cluster-enabled': 'yes' })
    await expect(openRedis({ port: node.port })).rejects.toThrow('Name nodes of it under cluster')
    const single = await serverFor()
    await expect(openRedis({ cluster: [`127.0.0.1:${single.port}`] })).rejects.toThrow('cluster support disabled')
  })

  it('is told by health when it may evict', async () => {
    const { port } = await serverFor({ 'maxmemory-policy': 'allkeys-lru' })
    const { warnings, details, storeTime } = await (await openRedis({ port })).health({ now: start })
    expect(warnings).toEqual([expect.stringContaining('maxmemory-policy is allkeys-lru')])
    expect(details).toMatchObject({ mode: 'standalone', masters: 1, buckets: 1, version: expect.any(String) })
    expect(Math.abs((storeTime ?? 0) - Date.now())).toBeLessThan(5_000)
  })
})

describe('a Redis that fails', () => {
  it('and forgets the scripts is told them again', async () => {
    const { port } = await serverFor()
    const space = await emptySpace({ port })
    await space.create('a', { set: attributes({ cart: '1' }) })
    await redisCli(port, 'script', 'flush')
    expect(textsOf(await space.stored('a'))).toEqual([['cart', '1']])
  })

  it('and goes away rejects every call at once; back again, it is used again', async () => {
    const server = await startRedis()
    const space = await emptySpace({ port: server.port })
    await server.stop()
    await vi.waitFor(() => expect(space.load('a')).rejects.toThrow('ECONNREFUSED'), { interval: 10 })
    for (const call of [space.load('a'), space.create('a'), space.claim(), space.ids()])
      await expect(call).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
    await serverFor({ port: `${server.port}` })
    await vi.waitFor(() => space.create('a'), { interval: 10, timeout: 5_000 })
    expect((await space.load('a')).status).toBe('loaded')
  })

  it('and cuts the connection keeps what it acknowledged, and carries out nothing later', async () => {
    const { port } = await serverFor()
    const space = await emptySpace({ port })
    await space.create('a')
    const names = Array.from({ length: 2_000 }, (_, n) => `name-${n}`)
    const killed = redisCli(port, 'client', 'kill', 'type', 'normal')
    const saves = names.map((name) => space.update('a', { set: attributes({ [name]: name }) }))
    const results = await Promise.allSettled(saves)
    await killed
    const stored = await vi.waitFor(() => space.stored('a'), { interval: 10 })
    for (const [n, result] of results.entries()) {
      if (result.status === 'rejected') expect(result.reason.code).toBe('STORAGE_UNAVAILABLE')
      else expect(stored.attributes.has(`name-${n}`)).toBe(true)
    }
    expect(await space.stored('a')).toEqual(stored)
  })

  it('keeps what visitors stored out of its errors', async () => {
    const { port } = await serverFor()
    const space = await emptySpace({ port, prefix: 'secret:' })
    await redisCli(port, 'set', '{secret:shop:session:0}', 'foreign')
    const error = await space.create('a', { set: attributes({ card: '4111-1111' }) }).catch((thrown) => thrown)
    expect(error.code).toBe('STORAGE_CORRUPT')
    expect(JSON.stringify([error, error.cause, reasonOf(error.cause)])).not.toContain('4111')
  })

  it('for a caller who has given up is not asked', async () => {
    const { port } = await serverFor()
    const space = await emptySpace({ port })
    const reason = new Error('given up')
    const options = { now: start, signal: AbortSignal.abort(reason) }
    await expect(space.space.save({ mode: 'update', id: 'a', version: 'v' }, options)).rejects.toBe(reason)
    await expect(space.space.load('a', options)).rejects.toBe(reason)
  })
})

describe('a Redis that is full', () => {
  async function fullSpace() {
    const { port } = await serverFor({ 'maxmemory-policy': 'noeviction' })
    const space = await emptySpace({ port })
    for (const id of ['visited', 'leaving', 'deleted', 'locked'])
      await space.create(id, { version: 'v1', principal: id, set: attributes({ cart: '1', more: '2' }) })
    await space.create('expired', { life: { idleMs: 1, endsAt: null }, set: attributes({ cart: '1' }) })
    await redisCli(port, 'config', 'set', 'maxmemory', '1')
    return space
  }

  it('refuses what adds content, and changes nothing', async () => {
    const space = await fullSpace()
    const before = await space.stored('visited')
    const change = { unset: ['more'], set: attributes({ cart: '2' }), touch: { touchedAt: start + 1, hits: 1 } }
    await expect(space.update('visited', change)).rejects.toMatchObject({ code: 'STORAGE_FULL' })
    await expect(space.create('new')).rejects.toMatchObject({ code: 'STORAGE_FULL' })
    expect(await space.stored('visited')).toEqual(before)
    expect(await space.load('new')).toEqual({ status: 'missing' })
  })

  it('goes on to load and touch', async () => {
    const space = await fullSpace()
    space.pass(1000)
    const result = await space.load('visited', { touch: { touchedAt: space.now, hits: 1 } })
    expect(result).toMatchObject({
      record: { touchedAt: start + 1000, expiresAt: start + 1000 + life.idleMs, hits: 1 },
    })
  })

  it('goes on to end, to claim, to renew and to settle', async () => {
    const space = await fullSpace()
    space.pass(1)
    expect((await space.update('leaving', { ending: 'logout' })).status).toBe('saved')
    expect((await space.update('visited', { unset: ['more'] })).status).toBe('saved')
    expect(await space.delete('deleted')).toBe(true)
    const claims = await space.claim()
    expect(claims.map(({ record }) => record.id).sort()).toEqual(['expired', 'leaving'])
    expect((await space.renew(claims)).length).toBe(2)
    expect((await space.settle(claims)).length).toBe(2)
  })
})

describe('the client of the driver redis', () => {
  it('is asked for when it is not installed', async () => {
    vi.doMock('ioredis', () => {
      throw new Error("Cannot find package 'ioredis'")
    })
    onTestFinished(() => {
      vi.doUnmock('ioredis')
    })
    await expect(createRedis({})).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      remedy: 'Run: npm install ioredis',
    })
  })

  it('is told of files that cannot be read', async () => {
    await expect(createRedis({ tls: { ca: 'nowhere.pem' } })).rejects.toThrow('/nowhere.pem')
  })
})
