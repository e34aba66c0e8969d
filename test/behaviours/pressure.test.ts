import { describe, expect, it } from 'vitest'
import type { EventHandlers } from '../../src/koa/handlers.js'
import { quietContainer } from '../support/container.js'
import { describeEverywhere, describeMemoryFirst } from '../support/matrix.js'
import { redisCli, startRedis } from '../support/redis-server.js'
import { type OpenScopes, type PageContext, sessionPages, shop } from '../support/shop.js'
import { serveContainer, Visitor } from '../support/visitor.js'

const minute = 60_000

const pages = {
  ...sessionPages,
  '/page': () => 'hello',
  '/timeout': (ctx: PageContext) => ctx.scopes.session.timeout,
  '/set-timeout': (ctx: PageContext) => {
    ctx.scopes.session.timeout = '2m'
  },
  '/in-place': ({ session }: PageContext) => session.basket.push('book'),
  '/commit-then-write': async ({ scopes, session }: PageContext) => {
    await scopes.session.commit()
    session.name = 'ada'
  },
  '/client': ({ client }: PageContext) => ({ ...client }),
}

/** A session and a client that every visitor is given. */
const greeting: EventHandlers<OpenScopes> = {
  onSessionStart({ client, session }) {
    session.basket = []
    client.visits = 1
  },
}

describe('firstTimeout', () => {
  const options = {
    session: { timeout: '30m', firstTimeout: '2m' },
    client: { timeout: '90d', firstTimeout: '2m' },
  } as const

  describeEverywhere(({ test }) => {
    test('58. what onSessionStart gave to a visitor who does not come back goes after it', async ({ store }) => {
      const ends: unknown[] = []
      const handlers = { ...greeting, onSessionEnd: ({ id }: { id: string }) => void ends.push(id) }
      const { app, url } = await store.node(shop(pages, handlers), options)
      const bot = new Visitor()
      expect((await bot.get(url, '/timeout')).json()).toBe(30 * minute)
      expect(await app.sessions.count()).toBe(1)
      store.skip(minute)
      await store.sweep()
      expect([await app.sessions.count(), await app.clients.count()]).toEqual([1, 1])
      store.skip(1.3 * minute)
      await store.sweep()
      expect([await app.sessions.count(), await app.clients.count()]).toEqual([0, 0])
      expect(ends).toHaveLength(1)
      expect((await bot.get(url, '/read')).setCookie).toHaveLength(2)
    })

    test('58. a visitor who comes back with the cookie has the whole timeout, on every node', async ({ store }) => {
      const [a, b] = await store.pair(shop(pages, greeting), options)
      const visitor = new Visitor()
      const { setCookie } = await visitor.get(a.url, '/page')
      const kept = new Map(visitor.cookies)
      expect(setCookie.find((line) => line.startsWith('shop_cid'))).toContain(`Max-Age=${90 * 86_400}`)
      store.skip(1.9 * minute)
      expect((await visitor.get(b.url, '/read')).json()).toEqual({ basket: [] })
      for (const node of [a, b, a]) {
        store.skip(26 * minute)
        await store.sweep()
        expect((await visitor.get(node.url, '/read')).json()).toEqual({ basket: [] })
        expect((await visitor.get(node.url, '/client')).json()).toEqual({ visits: 1 })
      }
      expect(visitor.cookies).toEqual(kept)
      store.skip(30 * minute)
      store.skip(2 * minute)
      await store.sweep()
      expect(await a.app.sessions.count()).toBe(0)
      expect(await a.app.clients.count()).toBe(1)
    })

    test('58. a second visit a moment after the first counts, and two of them at once', async ({ store }) => {
      const { url } = await store.node(shop(pages, greeting), { ...options })
      const visitor = new Visitor()
      await visitor.get(url, '/page')
      const kept = new Map(visitor.cookies)
      await Promise.all([visitor.get(url, '/page'), visitor.get(url, '/page')])
      store.skip(20 * minute)
      await store.sweep()
      expect((await visitor.get(url, '/read')).json()).toEqual({ basket: [] })
      expect(visitor.cookies).toEqual(kept)
    })

    for (const page of ['/write?name=ada', '/in-place', '/commit-then-write', '/login?as=ada', '/remove?basket'])
      test(`58. does not hold for a session that the handler changed: ${page}`, async ({ store }) => {
        const { app, url } = await store.node(shop(pages, greeting), options)
        const visitor = new Visitor()
        await visitor.get(url, page)
        store.skip(20 * minute)
        await store.sweep()
        expect(await app.sessions.count()).toBe(1)
        expect(await app.clients.count()).toBe(0)
        expect((await visitor.get(url, '/timeout')).json()).toBe(30 * minute)
      })

    test('58. leaves a timeout of the same length alone that the handler has set', async ({ store }) => {
      const { app, url } = await store.node(shop(pages, greeting), options)
      const visitor = new Visitor()
      await visitor.get(url, '/set-timeout')
      store.skip(minute)
      expect((await visitor.get(url, '/timeout')).json()).toBe(2 * minute)
      store.skip(3 * minute)
      await store.sweep()
      expect(await app.sessions.count()).toBe(0)
    })

    test('58. changes nothing where it is not configured, nor for sessions that a handler began', async ({ store }) => {
      const plain = await store.node(shop(pages, greeting))
      await new Visitor().get(plain.url, '/page')
      store.skip(20 * minute)
      await store.sweep()
      expect(await plain.app.sessions.count()).toBe(1)
    })
  })

  describeMemoryFirst(({ test }) => {
    test('58. holds for sessions that wait for the store too', async ({ store }) => {
      const { app, line, url } = await store.node(shop(pages, greeting), options)
      line.cut()
      const [bot, visitor] = [new Visitor(), new Visitor()]
      for (const each of [bot, visitor]) await each.get(url, '/page')
      store.skip(minute)
      await visitor.get(url, '/page')
      line.restore()
      await store.run(30_000)
      store.skip(2 * minute)
      await store.sweep()
      expect(await app.sessions.count()).toBe(1)
      expect((await visitor.get(url, '/read')).json()).toEqual({ basket: [] })
    })
  })
})

describe('CORS preflights', () => {
  describeEverywhere(({ test }) => {
    test('90. begin no session; the request after them does', async ({ store }) => {
      const seen: string[] = []
      const { app, url } = await store.node(
        shop(pages, {
          ...greeting,
          onRequestStart: (ctx) => void seen.push(`${ctx.method} ${'basket' in ctx.session}`),
        }),
      )
      const visitor = new Visitor()
      const headers = { origin: 'https://other.example', 'access-control-request-method': 'PUT' }
      expect((await visitor.get(url, '/page', { method: 'OPTIONS', headers })).setCookie).toEqual([])
      expect((await visitor.get(url, '/page', { method: 'OPTIONS' })).setCookie).toEqual([])
      expect([await app.sessions.count(), await app.clients.count()]).toEqual([0, 0])
      expect((await visitor.get(url, '/page')).setCookie).toHaveLength(2)
      expect((await visitor.get(url, '/page', { method: 'OPTIONS' })).setCookie).toEqual([])
      expect(seen).toEqual(['OPTIONS false', 'OPTIONS false', 'GET true', 'OPTIONS true'])
      expect([await app.sessions.count(), await app.clients.count()]).toEqual([1, 1])
    })

    test('90. probes of a load balancer begin no session on a scopeless path, and a short one on others', async ({
      store,
    }) => {
      const { app, url } = await store.node(shop(pages, greeting), {
        session: { firstTimeout: '1m' },
        client: { firstTimeout: '1m' },
        scopeless: ['/page'],
      })
      for (let probes = 0; probes < 10; probes += 1) await new Visitor().get(url, '/page', { method: 'HEAD' })
      expect(await app.sessions.count()).toBe(0)
      for (let probes = 0; probes < 10; probes += 1) await new Visitor().get(url, '/read', { method: 'HEAD' })
      expect(await app.sessions.count()).toBe(10)
      store.skip(1.2 * minute)
      await store.sweep()
      expect([await app.sessions.count(), await app.clients.count()]).toEqual([0, 0])
    })
  })
})

describe('a flood of visitors without a cookie', () => {
  const modes = [{ cluster: true }, { cluster: false }]

  it('58. takes no logged-in session from the driver memory', async () => {
    const definition = shop(pages, greeting)
    const container = await quietContainer(
      {
        caches: { small: { driver: 'memory', storage: true, maxEntries: 100 } },
        applications: { shop: { session: { storage: 'small', memory: '64kb' }, client: { storage: 'small' } } },
      },
      { applications: { shop: definition } },
    )
    const { close, url } = await serveContainer(container)
    const known = await Promise.all(
      Array.from({ length: 20 }, async (_, number) => {
        const visitor = new Visitor()
        await visitor.get(url, `/login?as=user-${number}`)
        return visitor
      }),
    )
    for (let strangers = 0; strangers < 400; strangers += 1) await new Visitor().get(url, '/page')
    for (const [number, visitor] of known.entries())
      expect((await visitor.get(url, '/principal')).json()).toBe(`user-${number}`)
    await close()
    await container.close()
  })

  it.each(modes)(
    '58. on a full Redis is refused with 503, and logged-in sessions stay and go on ($cluster)',
    async ({ cluster }) => {
      const redis = await startRedis({ 'maxmemory-policy': 'noeviction' })
      const codes = new Set<unknown>()
      const onSessionStart = ({ session }: { session: OpenScopes['session'] }) =>
        void Object.assign(session, { basket: [] })
      const onError = (error: unknown) => void codes.add((error as { code?: string }).code)
      const container = await quietContainer(
        {
          caches: { shared: { driver: 'redis', url: redis.url, storage: true } },
          applications: { shop: { session: { storage: 'shared', cluster, memory: '64kb' } } },
        },
        {
          applications: { shop: shop(pages, { onError, onSessionStart }) },
        },
      )
      const { close, url } = await serveContainer(container)
      const known = await Promise.all(
        Array.from({ length: 10 }, async (_, number) => {
          const visitor = new Visitor()
          await visitor.get(url, `/login?as=user-${number}`)
          return visitor
        }),
      )
      await redisCli(redis.port, 'config', 'set', 'maxmemory', '1')
      const statuses: number[] = []
      for (let strangers = 0; strangers < 100; strangers += 1)
        statuses.push((await new Visitor().get(url, '/page')).status)
      expect(statuses.at(-1)).toBe(503)
      expect([...codes]).toEqual([cluster ? 'STORAGE_FULL' : 'SCOPE_MEMORY_FULL'])
      for (const [number, visitor] of known.entries())
        expect((await visitor.get(url, '/principal')).json()).toBe(`user-${number}`)
      const writes = async () => {
        const [visitor = new Visitor()] = known
        return (await visitor.get(url, '/write?name=ada')).status
      }
      expect(await writes()).toBe(cluster ? 503 : 200)
      await redisCli(redis.port, 'config', 'set', 'maxmemory', '0')
      expect(await writes()).toBe(200)
      await close()
      await container.close()
      await redis.stop()
    },
  )
})
