import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { reasonOf } from '../../src/errors/scopes-error.js'
import type { Driver } from '../../src/storage/contract.js'
import { attributes, life, minute, start, TestSpace } from '../../src/testing/suite/test-space.js'
import { deadlineOf } from '../support/deadline.js'
import { type StandIn, startStandIn } from '../support/mongo-server.js'
import { suspend } from '../support/suspend.js'
import { TcpProxy } from '../support/tcp-proxy.js'
import { createMongodb, emptySpace, openMongodb } from './mongodb-fixture.js'

/** For the tests that do not end it. */
let server: StandIn
beforeAll(async () => {
  server = await startStandIn()
})
afterAll(() => server.stop())

const options = { now: start }
const waiting = { interval: 20, timeout: 40_000 }

describe('a stand-in for MongoDB that fails', { timeout: 90_000 }, () => {
  it('and goes away rejects every call at once; back again, it is used again', async () => {
    const first = await startStandIn()
    const space = await emptySpace({ url: first.url })
    await space.create('a')
    await first.stop()
    await vi.waitFor(async () => {
      const startedAt = performance.now()
      for (const call of [() => space.load('a'), () => space.create('b'), () => space.claim(), () => space.ids()])
        for (let n = 0; n < 3; n += 1)
          await expect(call()).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE', headers: { 'Retry-After': '5' } })
      // Each would take a second if it waited for a server.
      expect(performance.now() - startedAt).toBeLessThan(3_000)
    }, waiting)
    const second = await startStandIn(first.port)
    onTestFinished(() => second.stop())
    // It keeps nothing, so only new records are there.
    await vi.waitFor(() => space.create('c'), waiting)
    expect((await space.load('c')).status).toBe('loaded')
  })

  it('because it is stopped for a while applies nothing after its callers have given up', async () => {
    const space = await emptySpace({ url: server.url })
    for (const id of ['a', 'b', 'c', 'd', 'expired'])
      await space.create(id, { version: 'v1', ...(id === 'expired' && { life: { idleMs: 1, endsAt: null } }) })
    await space.update('d', { ending: 'logout' })
    const [claim] = await space.claim({ id: 'd' })
    // One connection for each of the calls below: a new one could not be made while the server stands still.
    await Promise.all(Array.from({ length: 40 }, () => space.load('a')))
    const before = await everything(space)
    await suspend(server.pid)
    const given = AbortSignal.timeout(400) // later than the deadline by more than the clocks can differ
    const late = { ...options, deadline: deadlineOf(given, 200) }
    const calls = [
      space.space.save({ mode: 'create', id: 'new', version: 'v1', seal: 'seal', life }, late),
      space.space.save({ mode: 'update', id: 'a', version: 'v2', set: attributes({ cart: '1' }) }, late),
      space.space.save({ mode: 'update', id: 'b', version: 'v2', ending: 'logout' }, late),
      space.space.load('a', { ...late, touch: { touchedAt: start + 1, hits: 1 } }),
      space.space.lock?.('c', { ...late, token: 't', leaseMs: minute }),
      space.space.renew(claim ? [claim] : [], { ...late, leaseMs: minute * 60 }),
      space.space.settle(claim ? [claim] : [], late),
    ]
    const results = await Promise.allSettled(calls)
    process.kill(server.pid, 'SIGCONT')
    expect(results.map(({ status }) => status)).toEqual(calls.map(() => 'rejected'))
    await vi.waitFor(() => space.load('a'), waiting)
    for (let n = 0; n < 50; n += 1) await space.load('a')
    expect(await everything(space)).toEqual(before)
    expect(await space.settle(claim ? [claim] : [])).toEqual(['d'])
  })

  it('with a clock that was set since measures it again, and goes on', async () => {
    const space = await emptySpace({ url: server.url })
    await space.create('a', { version: 'v1' })
    const now = performance.now.bind(performance)
    vi.spyOn(performance, 'now').mockImplementation(() => now() - 3_600_000)
    onTestFinished(() => void vi.restoreAllMocks())
    const inTime = () => ({ ...options, deadline: deadlineOf(new AbortController().signal, 10_000) })
    const created = { mode: 'create', id: 'b', version: 'v1', seal: 'seal', life } as const
    expect(await space.space.save({ mode: 'update', id: 'a', version: 'v2' }, inTime())).toMatchObject({
      previous: 'v1',
    })
    expect(await space.space.save(created, inTime())).toMatchObject({ status: 'saved' })
    expect(await space.space.save(created, inTime())).toMatchObject({ status: 'exists' })
    expect(await space.load('a')).toMatchObject({ record: { version: 'v2' } })
  })

  it('keeps what visitors stored out of its errors', async () => {
    const proxy = await TcpProxy.to(server.port)
    const space = await emptySpace({ url: `mongodb://127.0.0.1:${proxy.port}` })
    onTestFinished(() => proxy.close())
    await space.create('a')
    proxy.loseRequest('4111-1111')
    const error = await space.update('a', { set: attributes({ card: '4111-1111' }) }).catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'STORAGE_UNANSWERED' })
    expect(JSON.stringify([error, error.cause, reasonOf(error.cause)])).not.toContain('4111')
  })
})

/** All that is live or claimed, with attributes. */
async function everything(space: TestSpace): Promise<unknown> {
  const ids = ['a', 'b', 'c', 'd', 'expired', 'new']
  return {
    records: await Promise.all(ids.map((id) => space.load(id))),
    isLockable: await space.space.lock?.('c', { ...options, token: 'probe', leaseMs: 0 }),
    isTaken: await space.create('d'),
  }
}

describe('a save whose connection breaks', { timeout: 90_000 }, () => {
  async function proxied() {
    const proxy = await TcpProxy.to(server.port)
    const space = await emptySpace({ url: `mongodb://127.0.0.1:${proxy.port}` })
    onTestFinished(() => proxy.close())
    await space.create('a', { version: 'v1' })
    return { proxy, space }
  }

  it('may have been applied when its answer is lost', async () => {
    const { proxy, space } = await proxied()
    proxy.catchReply('findAndModify').cut(3)
    await expect(space.update('a', { version: 'v2' })).rejects.toMatchObject({ code: 'STORAGE_UNANSWERED' })
    expect(await vi.waitFor(() => space.stored('a'), waiting)).toMatchObject({ version: 'v2' })
  })

  it('is not known to have failed when it was lost on its way', async () => {
    const { proxy, space } = await proxied()
    proxy.loseRequest('findAndModify')
    await expect(space.update('a', { version: 'v2' })).rejects.toMatchObject({ code: 'STORAGE_UNANSWERED' })
    expect(await vi.waitFor(() => space.stored('a'), waiting)).toMatchObject({ version: 'v1' })
  })

  it('was certainly not applied when there was no connection', async () => {
    const { proxy, space } = await proxied()
    const { port } = proxy
    proxy.redirect(1)
    await vi.waitFor(() => expect(space.load('a')).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' }), waiting)
    await expect(space.update('a', { version: 'v2' })).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
      message: expect.stringContaining(`127.0.0.1:${port}`),
    })
    proxy.redirect(server.port)
    expect(await vi.waitFor(() => space.stored('a'), waiting)).toMatchObject({ version: 'v1' })
  })

  it('keeps what was acknowledged while connections are cut', async () => {
    const { proxy, space } = await proxied()
    const names = Array.from({ length: 300 }, (_, n) => `name-${n}`)
    const saves = names.map((name, n) => {
      if (n === 150) setImmediate(() => proxy.cut())
      return space.update('a', { set: attributes({ [name]: name }) })
    })
    const results = await Promise.allSettled(saves)
    const stored = await vi.waitFor(() => space.stored('a'), waiting)
    for (const [n, result] of results.entries()) {
      if (result.status === 'rejected') expect(result.reason.code).toMatch(/^STORAGE_UNA(VAILABLE|NSWERED)$/)
      else expect(stored.attributes.has(`name-${n}`)).toBe(true)
    }
  })

  it('takes the time that the line takes', async () => {
    const { proxy, space } = await proxied()
    proxy.delay(100)
    expect(await space.update('a', { version: 'v2' })).toEqual({ status: 'saved', previous: 'v1' })
  })

  it('ends with its caller when nothing comes back, and is not applied afterwards', async () => {
    const { proxy, space } = await proxied()
    proxy.blackhole()
    const given = AbortSignal.timeout(300)
    const save = { mode: 'update', id: 'a', version: 'v2' } as const
    await expect(space.space.save(save, { ...options, deadline: deadlineOf(given, 100) })).rejects.toThrow()
    proxy.heal()
    expect(await vi.waitFor(() => space.stored('a'), waiting)).toMatchObject({ version: 'v1' })
  })
})

describe('open() of a MongoDB that cannot be used', { timeout: 90_000 }, () => {
  const resources = () => process.getActiveResourcesInfo().filter((name) => /Timeout|TCP|TLS|Pipe/.test(name))

  async function refused(driver: Driver): Promise<void> {
    await expect(driver.open()).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
      message: expect.stringContaining('ECONNREFUSED'),
    })
  }

  it('may be called again, until it is there, and leaves nothing behind', async () => {
    const absent = await startStandIn()
    await absent.stop()
    const driver = await createMongodb({ url: absent.url })
    onTestFinished(() => driver.close())
    const before = resources().length
    await refused(driver)
    await refused(driver)
    await vi.waitFor(() => expect(resources().length).toBeLessThanOrEqual(before), waiting)
    const present = await startStandIn(absent.port)
    onTestFinished(() => present.stop())
    await driver.open()
    expect(await new TestSpace('shop:session', driver).create('a')).toMatchObject({ status: 'saved' })
  })

  it('tells no password', async () => {
    // The stand-in knows no users, so it refuses each.
    const error = await openMongodb({ url: server.url, username: 'shop', password: 'wrong-one' }).catch(
      (thrown) => thrown,
    )
    expect(error).toMatchObject({ name: 'StorageError' })
    expect(JSON.stringify([error, error.message, error.cause])).not.toContain('wrong-one')
  })

  it('asks for its client when it is not installed', async () => {
    vi.doMock('mongodb', () => {
      throw new Error("Cannot find package 'mongodb'")
    })
    onTestFinished(() => {
      vi.doUnmock('mongodb')
    })
    await expect(createMongodb({})).rejects.toMatchObject({
      code: 'STORAGE_UNUSABLE',
      remedy: 'Run: npm install mongodb',
    })
  })
})
