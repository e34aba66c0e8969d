import { randomUUID } from 'node:crypto'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { defineApplication } from '../../src/koa/define-application.js'
import { ManualClock } from '../../src/testing/manual-clock.js'
import { testContainer } from '../../src/testing/test-container.js'
import { visitor } from '../../src/testing/visitor.js'
import { withFolder } from '../support/container.js'
import { Gate } from '../support/gate.js'
import { anyRedis } from '../support/redis-server.js'

interface Scopes {
  session: { cart?: string[] }
  client: { visits?: number }
}

const file = `
server: { host: 0.0.0.0, port: 80, drain: 30s }
admin: { port: 9090, token: "0123456789abcdef0123456789abcdef" }
caches:
  shared: { driver: redis, url: "\${REDIS_URL}", storage: true }
  disk: { driver: lmdb, path: ./data, storage: true }
  near: { driver: memory, maxEntries: 10 }
applications:
  shop:
    session: { storage: shared, cluster: true, timeout: 30m }
    client: { storage: disk, timeout: 90d }
`

/** The content of a folder with that file. */
const withFile = (use: (file: string, folder: string) => Promise<void>) =>
  withFolder(async (folder) => {
    const path = join(folder, 'app.config.yaml')
    await writeFile(path, file)
    await use(path, folder)
  })

const env = { REDIS_URL: 'redis://redis.invalid:6379' }

function shopWith(handlers: Parameters<typeof defineApplication<Scopes>>[0] = {}) {
  return defineApplication<Scopes>({
    ...handlers,
    setup(app) {
      app.use(async (ctx) => {
        if (ctx.path === '/fail') throw new Error('a bug of the application')
        if (ctx.query.add) ctx.session.cart = [...(ctx.session.cart ?? []), String(ctx.query.add)]
        if (ctx.path === '/login') await ctx.scopes.session.login(String(ctx.query.as))
        if (ctx.path === '/logout') await ctx.scopes.session.invalidate()
        if (ctx.path === '/visit') ctx.client.visits = (ctx.client.visits ?? 0) + 1
        ctx.body = { cart: ctx.session.cart ?? [], user: ctx.scopes.session.principal, visits: ctx.client.visits ?? 0 }
      })
    },
  })
}

describe('testContainer', () => {
  test('serves a configuration of stores, ports and a drain on memory, at once and in silence', () =>
    withFile(async (path, folder) => {
      const shop = shopWith()
      const it = await testContainer(path, { applications: { shop }, env })
      const anna = it.visitor()
      await anna.get('/visit?add=tea')
      expect(await (await anna.get()).json()).toEqual({ cart: ['tea'], user: null, visits: 1 })
      expect(await it.application(shop).sessions.count()).toBe(1)
      const { admin, caches, server } = it.container.config
      expect([admin, server.host, server.port]).toEqual([undefined, '127.0.0.1', 0])
      expect([...caches.values()].map(({ name, driver }) => [name, driver.name])).toEqual([
        ['memory', 'memory'],
        ['shared', 'redis'],
        ['disk', 'lmdb'],
        ['near', 'memory'],
      ])
      expect(caches.get('near')?.options).toEqual({ maxEntries: 10 })
      await it.close()
      expect(await readdir(folder)).toEqual(['app.config.yaml'])
    }))

  test('reports the problems of the configuration as it is', () =>
    withFile(async (path) => {
      await writeFile(path, file.replace('cluster: true', 'clutser: true').replace('driver: redis', 'driver: memory'))
      const starting = testContainer(path, { applications: { shop: shopWith() }, env })
      await expect(starting).rejects.toThrow(/caches\.shared\.url[\s\S]*session\.clutser/)
    }))

  test('refuses wrong options', async () => {
    const refusal = (options: object) => testContainer({ applications: {} }, options)
    await expect(refusal({ stores: 'redis' })).rejects.toThrow("stores is 'memory' or 'declared'")
    await expect(refusal({ clok: 1 })).rejects.toThrow('testContainer() has no option "clok"')
    await expect(refusal({ clock: { now: () => 0 } })).rejects.toThrow('The jump of a ManualClock is a function')
  })

  test('opens the declared stores if it is asked to', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'data')
      await mkdir(path, { mode: 0o700 })
      const shop = shopWith()
      const it = await testContainer(
        {
          caches: { disk: { driver: 'lmdb', path, storage: true } },
          applications: { shop: { session: { storage: 'disk' }, client: {} } },
        },
        { applications: { shop }, stores: 'declared' },
      )
      await it.visitor().get('/?add=tea')
      await it.close()
      expect(await readdir(path)).not.toEqual([])
    }))

  test('runs an end handler once on a real store, however much time passes while it runs', async () => {
    const server = await anyRedis()
    onTestFinished(() => server.stop())
    const attempts: number[] = []
    const shop = shopWith({
      onSessionEnd: ({ attempt }) => void attempts.push(attempt),
    })
    const it = await testContainer(
      {
        caches: { shared: { driver: 'redis', url: server.url, prefix: `${randomUUID()}:`, storage: true } },
        applications: { shop: { session: { storage: 'shared' }, client: {} } },
      },
      { applications: { shop }, stores: 'declared' },
    )
    for (const pause of ['10s', '40s', '2m'] as const) {
      const anna = it.visitor()
      await anna.get('/?add=tea')
      await anna.get('/logout')
      await it.advance(pause)
    }
    expect(attempts).toEqual([1, 1, 1])
    await it.close()
  })

  test('ends a session after its timeout and not before, with the data for its handler', async () => {
    const ends: unknown[] = []
    const shop = shopWith({ onSessionEnd: ({ reason, session }) => void ends.push([reason, session.cart]) })
    const config = { applications: { shop: { session: { timeout: '30m' }, client: {} } } } as const
    const it = await testContainer(config, { applications: { shop } })
    const anna = it.visitor()
    await anna.get('/?add=tea')
    await it.advance('29m')
    await anna.get()
    await it.advance('29m')
    expect(ends).toEqual([])
    await it.advance('2m')
    expect(ends).toEqual([['timeout', ['tea']]])
    expect(await (await anna.get()).json()).toMatchObject({ cart: [] })
    await it.close()
  })

  test('waits for end handlers that wait for something else than the clock', async () => {
    const gate = new Gate()
    const order: string[] = []
    const shop = shopWith({
      async onSessionEnd() {
        await gate.pass()
        order.push('handler')
      },
    })
    const it = await testContainer({ applications: { shop: { session: {}, client: {} } } }, { applications: { shop } })
    await it.application(shop).sessions.begin({ principal: 'anna' })
    const advanced = it.advance('1h').then(() => order.push('advance'))
    await gate.reached
    gate.open()
    await advanced
    expect(order).toEqual(['handler', 'advance'])
    await it.close()
  })

  test('has nodes on the same stores and the same time, and memory of their own', () =>
    withFile(async (path) => {
      const shop = shopWith()
      const a = await testContainer(path, { applications: { shop }, env })
      const b = await a.node()
      const anna = a.visitor()
      await anna.get('/visit?add=tea')
      const onB = anna.at(b)
      expect(await (await onB.get('/visit?add=milk')).json()).toEqual({ cart: ['tea', 'milk'], user: null, visits: 2 })
      await onB.get('/login?as=anna')
      expect(await (await anna.get()).json()).toEqual({ cart: ['tea', 'milk'], user: 'anna', visits: 2 })
      await a.container.cache('near').set('key', 'value', '1h')
      expect(await b.container.cache('near').get('key')).toBeUndefined()
      expect(b.clock).toBe(a.clock)
      await Promise.all([a.close(), b.close()])
    }))

  test('learns on a memory-first node at once what another node did', () =>
    withFile(async (path) => {
      const shop = shopWith()
      const a = await testContainer(path, { applications: { shop }, env })
      const b = await a.node()
      const anna = a.visitor()
      await anna.get('/visit')
      const id = String((await a.application(shop).clients.list()).items[0]?.id)
      expect(await b.application(shop).clients.end(id)).toBe(1)
      expect(await (await anna.get()).json()).toMatchObject({ visits: 0 })
      await Promise.all([a.close(), b.close()])
    }))

  test('is the same site after a restart', () =>
    withFile(async (path) => {
      const ends: unknown[] = []
      const shop = shopWith({ onSessionEnd: ({ reason }) => void ends.push(reason) })
      const before = await testContainer(path, { applications: { shop }, env })
      const anna = before.visitor()
      await anna.get('/visit?add=tea')
      await before.close()
      const after = await before.node()
      expect(await (await anna.at(after).get()).json()).toEqual({ cart: ['tea'], user: null, visits: 1 })
      await after.close()
      after.clock.jump('2h')
      const later = await after.node()
      await later.advance('2s')
      expect(ends).toEqual(['timeout'])
      await later.close()
    }))

  test('runs an end handler once, on whichever node, and waits for it from each', () =>
    withFile(async (path) => {
      const ends: unknown[] = []
      const shop = shopWith({ onSessionEnd: ({ id }) => void ends.push(id) })
      const a = await testContainer(path, { applications: { shop }, env })
      const b = await a.node()
      const { id } = await b.application(shop).sessions.begin({ cart: ['tea'] })
      await a.advance('31m')
      expect(ends).toEqual([id])
      await Promise.all([a.close(), b.close()])
    }))

  test('keeps the log, so that a test can ask why a request failed', async () => {
    const shop = shopWith()
    const it = await testContainer({ applications: { shop: { session: {}, client: {} } } }, { applications: { shop } })
    expect((await it.visitor().get('/fail')).status).toBe(500)
    const errors = it.log.filter(({ level }) => level === 'error')
    expect(errors).toEqual([
      {
        level: 'error',
        message: 'a request failed',
        fields: { application: 'shop', err: expect.objectContaining({ message: 'a bug of the application' }) },
      },
    ])
    await it.close()
  })

  test('moves the time of its visitors, and takes a clock of the test', async () => {
    const shop = shopWith()
    const clock = new ManualClock(0)
    const config = { applications: { shop: { session: {}, client: { timeout: '1d' } } } } as const
    const it = await testContainer(config, { applications: { shop }, clock })
    const anna = visitor(it)
    await anna.get('/visit')
    expect(Object.keys(anna.cookies)).toEqual(['shop_cid'])
    await it.advance('2d')
    expect(anna.cookies).toEqual({})
    expect(clock.now()).toBe(2 * 86_400_000)
    await it.close()
  })

  test('remembers a login beyond the browser', async () => {
    const shop = shopWith()
    const config = {
      applications: { shop: { session: { timeout: '30m', remember: { timeout: '30d' } }, client: {} } },
    } as const
    const it = await testContainer(config, { applications: { shop } })
    const { sessions } = it.application(shop)
    const [plain, remembered] = [it.visitor(), it.visitor()]
    plain.use(await sessions.begin({ principal: 'anna' }))
    remembered.use(await sessions.begin({ principal: 'anna' }, { remember: true }))
    for (const one of [plain, remembered]) one.reopenBrowser()
    await it.advance('29d')
    expect(await (await plain.get()).json()).toMatchObject({ user: null })
    expect(await (await remembered.get()).json()).toMatchObject({ user: 'anna' })
    await it.close()
  })

  test('refuses a time that is none', async () => {
    const it = await testContainer(
      { applications: { shop: { session: {}, client: {} } } },
      { applications: { shop: shopWith() } },
    )
    // @ts-expect-error no such unit
    await expect(it.advance('30 minutes')).rejects.toThrow("The duration '30 minutes' is not a length of time")
    await expect(it.clock.advance(Number.NaN)).rejects.toThrow('finite number of milliseconds')
    await expect(it.clock.advance(-1)).rejects.toThrow('jump() can go back')
    // @ts-expect-error no number
    expect(() => it.clock.jump('soon')).toThrow('The duration')
    await it.close()
  })

  test('gives up a request that never ends', async () => {
    const gate = new Gate()
    const shop = defineApplication<Scopes>({ setup: (app) => void app.use(() => gate.pass()) })
    const it = await testContainer({ applications: { shop: { session: {}, client: {} } } }, { applications: { shop } })
    const response = it.visitor().get()
    await gate.reached
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const closed = it.close()
    await vi.advanceTimersByTimeAsync(1_000)
    vi.useRealTimers()
    await closed
    gate.open()
    expect((await response).status).toBe(404)
  })

  test('refuses requests when it is closed, also by await using', async () => {
    const it = await testContainer(
      { applications: { shop: { session: {}, client: {} } } },
      { applications: { shop: shopWith() } },
    )
    const anna = it.visitor()
    await it[Symbol.asyncDispose]()
    expect((await anna.get()).status).toBe(503)
    expect(() => it.application('shop')).toThrow('The container is closed')
  })
})
