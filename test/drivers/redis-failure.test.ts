import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { reasonOf } from '../../src/errors/scopes-error.js'
import type { Driver } from '../../src/storage/contract.js'
import { attributes, life, start, TestSpace, textsOf } from '../../src/testing/suite/test-space.js'
import { deadlineOf } from '../support/deadline.js'
import { redisCli, startRedis, startRedisCluster } from '../support/redis-server.js'
import { suspend } from '../support/suspend.js'
import { TcpProxy } from '../support/tcp-proxy.js'
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
    await expect(openRedis({ port: node.port })).rejects.toThrow('List nodes of it under cluster')
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
      if (result.status === 'rejected') expect(result.reason.code).toMatch(/^STORAGE_UNA(VAILABLE|NSWERED)$/)
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
})

describe('a save that fails', () => {
  async function proxied() {
    const { port } = await serverFor()
    const proxy = await TcpProxy.to(port)
    const space = await emptySpace({ port: proxy.port })
    onTestFinished(() => proxy.close())
    await space.create('a')
    await space.update('a', { version: 'v1' })
    return { proxy, space }
  }

  it('may have been applied when its answer is lost', async () => {
    const { proxy, space } = await proxied()
    proxy.catchReply('evalsha').cut(3)
    await expect(space.update('a', { version: 'v2' })).rejects.toMatchObject({ code: 'STORAGE_UNANSWERED' })
    expect(await vi.waitFor(() => space.stored('a'), { interval: 10 })).toMatchObject({ version: 'v2' })
  })

  it('is not known to have failed when it was lost on its way', async () => {
    const { proxy, space } = await proxied()
    proxy.loseRequest('evalsha')
    await expect(space.update('a', { version: 'v2' })).rejects.toMatchObject({ code: 'STORAGE_UNANSWERED' })
    expect(await vi.waitFor(() => space.stored('a'), { interval: 10 })).toMatchObject({ version: 'v1' })
  })

  it('was certainly not applied when there was no connection', async () => {
    const { proxy, space } = await proxied()
    await proxy.close()
    await vi.waitFor(() => expect(space.load('a')).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' }))
    await expect(space.update('a', { version: 'v2' })).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
  })

  it('was certainly not applied by a cluster when there was no connection to its node', async () => {
    const { nodes, stop } = await startRedisCluster()
    onTestFinished(stop)
    const space = await emptySpace({ cluster: nodes, buckets: 1 })
    await space.create('a')
    const port = await ownerOf('a', space, nodes)
    await redisCli(port, 'shutdown', 'nosave', 'now', 'force').catch(() => {}) // it ends without an answer
    const failures = new Set<string>()
    await vi.waitFor(async () => {
      failures.add(await space.update('a').catch(({ code }) => code))
      expect(failures).toContain('STORAGE_UNAVAILABLE')
    })
    for (let n = 0; n < 20; n += 1)
      await expect(space.update('a')).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
  })

  it('is asked for again while the server refuses it for the moment', async () => {
    const server = await serverFor()
    const space = await emptySpace({ port: server.port })
    await space.create('a')
    await redisCli(server.port, 'replicaof', '127.0.0.1', '1')
    const refused = space.update('a', { version: 'v2' })
    await redisCli(server.port, 'replicaof', 'no', 'one')
    expect(await refused).toMatchObject({ status: 'saved' })
  })

  it('says what the server refused it for, and does not try for long', async () => {
    const server = await serverFor({ 'replica-serve-stale-data': 'no' })
    const space = await emptySpace({ port: server.port })
    await redisCli(server.port, 'replicaof', '127.0.0.1', '1')
    const startedAt = performance.now()
    const error = await space.create('a').catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'STORAGE_UNAVAILABLE', message: expect.stringMatching(/MASTERDOWN|READONLY/) })
    expect(performance.now() - startedAt).toBeLessThan(4_000) // a call has 5 s
  })

  it('is not tried again for a caller who has given up', async () => {
    const server = await serverFor()
    const space = await emptySpace({ port: server.port })
    await space.create('a')
    await redisCli(server.port, 'replicaof', '127.0.0.1', '1')
    const controller = new AbortController()
    const reason = new Error('given up')
    const options = { now: start, deadline: deadlineOf(controller.signal, 1_000) }
    const save = space.space.save({ mode: 'update', id: 'a', version: 'v2' }, options)
    setImmediate(() => controller.abort(reason))
    await expect(save).rejects.toBe(reason)
  })
})

describe('nothing is applied after its caller has given up', () => {
  it('when a server that was stopped goes on', async () => {
    const server = await serverFor()
    const space = await emptySpace({ port: server.port })
    await space.create('a', { version: 'v1', set: attributes({ cart: '1' }) })
    const before = await space.stored('a')
    await suspend(server.pid)
    const signal = AbortSignal.timeout(60)
    const late = { now: start, deadline: deadlineOf(signal, 10) }
    const calls = [
      space.space.save({ mode: 'update', id: 'a', version: 'v2', unset: ['cart'] }, late),
      space.space.save({ mode: 'create', id: 'b', version: 'v1', seal: 'seal', life }, late),
      space.space.claimExpired({ ...late, now: start + life.idleMs, limit: 1, leaseMs: 1000 }),
      space.space.lock?.('a', { ...late, token: 'late', leaseMs: 60_000 }),
    ]
    const settled = Promise.allSettled(calls)
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    process.kill(server.pid, 'SIGCONT')
    for (const result of await settled) expect(result).toMatchObject({ reason: { name: 'TimeoutError' } })
    expect(await space.stored('a')).toEqual(before)
    expect(await space.load('b')).toEqual({ status: 'missing' })
    expect(await space.space.lock?.('a', { now: start, token: 'another', leaseMs: 1000 })).toBe('taken')
  })

  it('and a caller who waits is not refused for long because the clocks have moved', async () => {
    const { port } = await serverFor()
    const space = await emptySpace({ port })
    const save = () =>
      space.space.save(
        { mode: 'create', ...record },
        { now: start, deadline: deadlineOf(new AbortController().signal, 1_000) },
      )
    const record = { id: 'a', version: 'v1', seal: 'seal', life }
    const now = performance.now.bind(performance)
    vi.spyOn(performance, 'now').mockImplementation(() => now() - 10_000)
    onTestFinished(() => void vi.restoreAllMocks())
    await expect(save()).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
    await vi.waitFor(async () => expect(await save()).toEqual({ status: 'saved', previous: 'v1' }), { interval: 5 })
  })
})

describe('open() of a server that is not there', () => {
  const resources = () => process.getActiveResourcesInfo().filter((name) => /Timeout|TCP|TLS|Pipe/.test(name))

  async function refused(driver: Driver): Promise<void> {
    await expect(driver.open()).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
  }

  it('may be called again, until it is there', async () => {
    const absent = await startRedis()
    await absent.stop()
    const driver = await createRedis({ port: absent.port })
    onTestFinished(() => driver.close())
    await refused(driver)
    await refused(driver)
    await serverFor({ port: `${absent.port}` })
    await driver.open()
    const space = new TestSpace('shop:session', driver)
    expect(await space.create('a')).toMatchObject({ status: 'saved' })
  })

  it.each([{ port: 1 }, { cluster: ['127.0.0.1:1', '127.0.0.1:2'] }, { socket: '/nowhere/redis.sock' }])(
    'leaves nothing behind: %j',
    async (options) => {
      const driver = await createRedis(options)
      await refused(driver)
      const before = resources().length
      for (let n = 0; n < 5; n += 1) await refused(driver)
      // ioredis keeps a timer for two seconds.
      await vi.waitFor(() => expect(resources().length).toBeLessThanOrEqual(before), { interval: 10 })
    },
  )
})

describe('a Redis that is full', () => {
  async function fullSpace() {
    const { port } = await serverFor({ 'maxmemory-policy': 'noeviction' })
    const space = await emptySpace({ port })
    for (const id of ['visited', 'leaving'])
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

/** The port of the node that holds the record. */
async function ownerOf(id: string, { name }: TestSpace, nodes: readonly string[]): Promise<number> {
  for (const port of nodes.map((node) => Number(node.split(':')[1])))
    if ((await redisCli(port, '--scan', '--pattern', `*${name}:*}:${id}`)) !== '') return port
  throw new Error(`No node holds ${id}`)
}
