import { describe, expect } from 'vitest'
import { asTimeout } from '../../src/errors/parse-duration.js'
import { defineApplication } from '../../src/koa/define-application.js'
import { type Logger, silentLogger } from '../../src/support/logger.js'
import { describeEmbedded, describeEverywhere } from '../support/matrix.js'
import { type OpenScopes, type Page, sessionPages, shop } from '../support/shop.js'
import { type Answer, Visitor, visitorWith } from '../support/visitor.js'

const day = 86_400_000
const overTls = { headers: { 'x-forwarded-proto': 'https' } }

const pages = {
  ...sessionPages,
  '/visit': ({ client }) => {
    client.visits = (client.visits ?? 0) + 1
  },
  '/visits': ({ client }) => client.visits,
} satisfies Record<string, Page>

/** The attributes of a cookie line, sorted, without name and value. */
const attributesOf = (line = '') => line.split('; ').slice(1).toSorted()

describe('the cookie of a scope', () => {
  describeEmbedded(({ test }) => {
    test('50. a partial cookie entry keeps the other defaults', async ({ store }) => {
      const defaults = ['HttpOnly', 'Path=/', 'SameSite=Lax']
      const entries = [
        { cookie: {}, attributes: defaults },
        { cookie: { name: 'sid' }, attributes: defaults },
        { cookie: { sameSite: 'strict' }, attributes: ['HttpOnly', 'Path=/', 'SameSite=Strict'] },
        { cookie: { httpOnly: false }, attributes: ['Path=/', 'SameSite=Lax'] },
        { cookie: { path: '/read' }, attributes: ['HttpOnly', 'Path=/read', 'SameSite=Lax'] },
        { cookie: { domain: 'example.com' }, attributes: ['Domain=example.com', ...defaults] },
        { cookie: { secure: true }, attributes: [...defaults, 'Secure'] },
        { cookie: { priority: 'high' }, attributes: ['HttpOnly', 'Path=/', 'Priority=High', 'SameSite=Lax'] },
        {
          cookie: { partitioned: true, secure: true },
          attributes: ['HttpOnly', 'Partitioned', 'Path=/', 'SameSite=Lax', 'Secure'],
        },
        { cookie: { partitioned: true }, attributes: defaults },
        { cookie: { persistent: true }, attributes: ['HttpOnly', 'Max-Age=1800', 'Path=/', 'SameSite=Lax'] },
      ] as const
      for (const { cookie, attributes } of entries) {
        const { url, stop } = await store.node(shop(pages), { session: { cookie } })
        const visitor = new Visitor()
        const { setCookie } = await visitor.get(url, '/write?a=1')
        expect(attributesOf(setCookie[0])).toEqual(attributes)
        expect((await visitor.get(url, '/read')).json()).toEqual({ a: '1' })
        expect(attributesOf((await visitor.get(url, '/end')).setCookie[0])).toEqual(
          [
            ...attributes.filter((it) => !it.startsWith('Max-Age')),
            'Expires=Thu, 01 Jan 1970 00:00:00 GMT',
            'Max-Age=0',
          ].sort(),
        )
        await stop()
      }
    })

    test('is Secure behind a proxy that is trusted and says so, and not when anybody could say it', async ({
      store,
    }) => {
      for (const proxy of [true, false]) {
        const { url } = await store.node(shop(pages), { server: { proxy } })
        const { setCookie } = await new Visitor().get(url, '/write?a=1', overTls)
        expect(setCookie[0]?.includes('; Secure')).toBe(proxy)
        expect((await new Visitor().get(url, '/write?a=1')).setCookie[0]).not.toContain('Secure')
      }
    })

    test('takes __Host- on secure requests, where it is set, read and cleared under that name', async ({ store }) => {
      const { url } = await store.node(shop(pages), {
        server: { proxy: true },
        session: { cookie: { hostPrefix: true } },
      })
      const visitor = new Visitor()
      const { setCookie } = await visitor.get(url, '/write?a=1', overTls)
      expect(setCookie).toEqual([expect.stringMatching(/^__Host-shop_sid=/)])
      expect(attributesOf(setCookie[0])).toEqual(['HttpOnly', 'Path=/', 'SameSite=Lax', 'Secure'])
      expect((await visitor.get(url, '/read', overTls)).json()).toEqual({ a: '1' })
      expect((await visitor.get(url, '/read')).text).toBe('{}')
      const withoutPrefix = {
        headers: { ...overTls.headers, cookie: `shop_sid=${visitor.cookies.get('__Host-shop_sid')}` },
      }
      expect((await visitor.get(url, '/read', withoutPrefix)).text).toBe('{}')
      await visitor.get(url, '/end', overTls)
      expect(visitor.cookies.size).toBe(0)
      expect((await new Visitor().get(url, '/write?a=1')).setCookie).toEqual([expect.stringMatching(/^shop_sid=/)])
    })

    test('lives as long as a client, and no longer than browsers allow', async ({ store }) => {
      const timeouts = { '90d': 7_776_000, '400d': 34_560_000, '401d': 34_560_000, never: 34_560_000, '1500ms': 2 }
      for (const [timeout, seconds] of Object.entries(timeouts)) {
        const { url } = await store.node(shop(pages), { client: { timeout: asTimeout(timeout) } })
        expect((await new Visitor().get(url, '/visit')).setCookie[0]).toContain(`; Max-Age=${seconds};`)
      }
    })

    test('of a client is renewed as it slides, at most once a day, so that it never ends before its record', async ({
      store,
    }) => {
      const { url } = await store.node(shop(pages), { client: { timeout: '90d' } })
      const visitor = new Visitor()
      await visitor.get(url, '/visit')
      const value = visitor.cookies.get('shop_cid')
      expect((await visitor.get(url, '/visits')).setCookie).toEqual([])
      for (let count = 0; count < 5; count += 1) {
        store.skip(80 * day)
        const renewal = await visitor.get(url, '/visits')
        expect(renewal.text).toBe('1')
        expect(renewal.setCookie).toEqual([expect.stringContaining(`shop_cid=${value}; Max-Age=7776000;`)])
        expect(renewal.headers.get('cache-control')).toBe('no-store')
        expect((await visitor.get(url, '/visits')).setCookie).toEqual([])
      }
    })

    test('of a session ends with the browser, so it is never renewed', async ({ store }) => {
      const { url } = await store.node(shop(pages), { session: { timeout: '90d' } })
      const visitor = await visitorWith(url, 'a=1')
      store.skip(80 * day)
      expect(await visitor.get(url, '/read')).toMatchObject({ text: '{"a":"1"}', setCookie: [] })
    })

    test('is not renewed when another request has rotated it away', async ({ store }) => {
      const rotate: Page = ({ scopes }) => scopes.client.rotate()
      const { url } = await store.node(shop({ ...pages, '/rotate-client': rotate }))
      const visitor = new Visitor()
      await visitor.get(url, '/visit')
      const before = visitor.clone()
      store.skip(2 * day)
      await visitor.get(url, '/rotate-client')
      expect(await before.get(url, '/visits')).toMatchObject({ text: 'null', setCookie: [] })
    })
  })
})

describe('a response that sets the cookie', () => {
  describeEmbedded(({ test }) => {
    const caching = {
      ...pages,
      '/own': (ctx) => {
        ctx.session.a = 1
        ctx.set('Cache-Control', 'private, max-age=60')
        ctx.vary('Accept')
      },
      '/both': ({ client, session }) => {
        client.visits = 1
        return session.a
      },
      '/public': (ctx) => {
        ctx.set('Cache-Control', 'public, max-age=60')
        return { ...ctx.session }
      },
      '/others': async (ctx) => {
        ctx.cookies.set('early', '1')
        ctx.session.a = 1
        await ctx.scopes.session.commit()
        await ctx.scopes.session.rotate()
        ctx.session.a = 2
        ctx.cookies.set('late', '1')
      },
      '/partly-private': (ctx) => {
        ctx.set('Cache-Control', 'private="x-user", s-maxage=600')
        ctx.session.a = 1
      },
      '/public-write': (ctx) => {
        ctx.set('Cache-Control', 'public, max-age=60, s-maxage=600')
        ctx.session.a = 1
      },
      '/max-age': (ctx) => {
        ctx.set('Cache-Control', 'max-age=60')
        ctx.session.a = 1
      },
      '/none': () => 'nothing of a scope',
      '/replacing': (ctx) => {
        ctx.session.a = 1
        ctx.set('Set-Cookie', 'mine=1')
      },
    } satisfies Record<string, Page>

    test('is not stored by caches, and says that it depends on the cookie', async ({ store }) => {
      const { url } = await store.node(shop(caching))
      const { headers } = await new Visitor().get(url, '/write?a=1')
      expect([headers.get('cache-control'), headers.get('vary')]).toEqual(['no-store', 'Cookie'])
    })

    test('is not stored by caches if the other scope was read and needs no cookie', async ({ store }) => {
      const { url } = await store.node(shop(caching))
      const visitor = await visitorWith(url, 'a=1')
      const { headers, setCookie, text } = await visitor.get(url, '/both')
      expect([setCookie.length, text]).toEqual([1, '"1"'])
      expect([headers.get('cache-control'), headers.get('vary')]).toEqual(['no-store', 'Cookie'])
    })

    test('keeps the Cache-Control that the handler has set, and adds to its Vary', async ({ store }) => {
      const { url } = await store.node(shop(caching))
      const { headers, setCookie } = await new Visitor().get(url, '/own')
      expect(setCookie).toHaveLength(1)
      expect([headers.get('cache-control'), headers.get('vary')]).toEqual(['private, max-age=60', 'Accept, Cookie'])
    })

    test('differs from one that sets none, which caches keep for its visitor only, unless it says more itself', async ({
      store,
    }) => {
      const { url } = await store.node(shop(caching))
      const visitor = await visitorWith(url, 'a=1')
      for (const path of ['/read', '/write?a=2']) {
        const { headers } = await visitor.get(url, path)
        expect([headers.get('cache-control'), headers.get('vary')]).toEqual(['private', 'Cookie'])
      }
      expect((await visitor.get(url, '/none')).headers.get('vary')).toBeNull()
      expect((await visitor.get(url, '/public')).headers.get('cache-control')).toBe('public, max-age=60')
    })

    test('53. is never public, whatever the handler says, and a warning tells once for each route', async ({
      store,
    }) => {
      const warnings: unknown[] = []
      const logger = { ...silentLogger, warn: (fields: unknown) => void warnings.push(fields), child: () => logger }
      const { url } = await store.node(shop(caching), { logger: logger as Logger })
      for (let n = 0; n < 2; n += 1) {
        const { headers } = await new Visitor().get(url, '/public-write')
        expect([headers.get('cache-control'), headers.get('vary')]).toEqual(['private, max-age=60', 'Cookie'])
        const limited = await new Visitor().get(url, '/max-age')
        expect(limited.headers.get('cache-control')).toBe('private, max-age=60')
      }
      expect(warnings).toEqual([{ route: 'GET /public-write' }])
    })

    test('53. is never public, also if the handler made some of its headers private', async ({ store }) => {
      const { url } = await store.node(shop(caching))
      const { headers } = await new Visitor().get(url, '/partly-private')
      expect(headers.get('cache-control')).toBe('private, private="x-user"')
    })

    test('53. renews nothing if the handler made it public', async ({ store }) => {
      const session = { timeout: '1h', cookie: { persistent: true } } as const
      const { url } = await store.node(shop(caching), { session })
      const visitor = await visitorWith(url, 'a=1')
      store.skip(30 * 60_000)
      const page = await visitor.clone().get(url, '/public')
      expect([page.headers.get('cache-control'), page.setCookie]).toEqual(['public, max-age=60', []])
      store.skip(10 * 60_000)
      expect((await visitor.get(url, '/read')).setCookie).toHaveLength(1)
    })

    test('53. renews nothing if middleware around the application makes it public after the commit', async ({
      store,
    }) => {
      const pages = shop(caching)
      const around = defineApplication<OpenScopes>({
        setup(app, container) {
          pages.setup?.(app, container)
          app.middleware.unshift(async (ctx, next) => {
            await next()
            if (ctx.query.public !== undefined) ctx.set('Cache-Control', 'public, max-age=60')
          })
        },
      })
      const { url } = await store.node(around, { session: { timeout: '1h', cookie: { persistent: true } } })
      const visitor = await visitorWith(url, 'a=1')
      store.skip(30 * 60_000)
      const page = await visitor.clone().get(url, '/read?public')
      expect([page.headers.get('cache-control'), page.setCookie]).toEqual(['public, max-age=60', []])
      store.skip(10 * 60_000)
      expect((await visitor.get(url, '/read')).setCookie).toHaveLength(1)
    })

    test('sets it once, with the last secret, beside the cookies of the handler', async ({ store }) => {
      const { url } = await store.node(shop(caching))
      const visitor = new Visitor()
      expect((await visitor.get(url, '/others')).setCookie).toHaveLength(3)
      expect([...visitor.cookies.keys()].sort()).toEqual(['early', 'late', 'shop_sid'])
      expect((await visitor.get(url, '/read')).json()).toEqual({ a: 2 })
    })

    test('sets it even when the handler has replaced all cookies', async ({ store }) => {
      const { url } = await store.node(shop(caching))
      const visitor = new Visitor()
      await visitor.get(url, '/replacing')
      expect([...visitor.cookies.keys()].sort()).toEqual(['mine', 'shop_sid'])
      expect((await visitor.get(url, '/read')).json()).toEqual({ a: 1 })
    })
  })
})

describe('65. a persistent cookie of a record with a timeout of its own', () => {
  describeEverywhere(({ test }) => {
    const remember: Page = ({ query, scopes, session }) => {
      session.a ??= 1
      scopes.session.timeout = asTimeout(String(query.for))
    }
    const maxAgeIn = ({ setCookie }: Answer) => /Max-Age=(\d+)/.exec(setCookie[0] ?? '')?.[1]

    test('has its Max-Age, when it is set and whenever it is renewed', async ({ store }) => {
      const session = { timeout: '30m', cookie: { persistent: true } } as const
      const { url } = await store.node(shop({ ...sessionPages, '/remember': remember }), { session })
      const visitor = new Visitor()
      expect(maxAgeIn(await visitor.get(url, '/remember?for=30d'))).toBe(String(30 * 86_400))
      store.skip(2 * 86_400_000)
      expect(maxAgeIn(await visitor.get(url, '/read'))).toBe(String(30 * 86_400))
      expect(maxAgeIn(await visitor.get(url, '/remember?for=2h'))).toBe(String(2 * 3_600))
      expect((await visitor.get(url, '/read')).json()).toEqual({ a: 1 })
    })
  })
})

describe('61. TLS that ends in a proxy which is not trusted', () => {
  describeEmbedded(({ test }) => {
    const forwarded = { headers: { 'x-forwarded-proto': 'https' } }

    test.for(['hostPrefix', 'secure'] as const)(
      'gets no cookie that needs TLS, and one warning says what to set: %s',
      async (key, { store }) => {
        const warnings: string[] = []
        const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message), child: () => logger }
        const session = { cookie: { [key]: true } }
        const { url } = await store.node(shop(sessionPages), { session, logger: logger as unknown as Logger })
        for (let n = 0; n < 3; n += 1)
          expect(await new Visitor().get(url, '/write?a=1', forwarded)).toMatchObject({ status: 200, setCookie: [] })
        expect(warnings.length).toBe(2)
        for (const warning of warnings) expect(warning).toContain('server.proxy: true')
      },
    )

    test('gets the cookie when it is trusted, and an insecure visitor of no proxy gets one too', async ({ store }) => {
      const session = { cookie: { hostPrefix: true } }
      const trusting = await store.node(shop(sessionPages), { session, server: { proxy: true } })
      const { setCookie } = await new Visitor().get(trusting.url, '/write?a=1', forwarded)
      expect(setCookie[0]).toMatch(/^__Host-shop_sid=.*; Secure/)
      const direct = await store.node(shop(sessionPages), { session })
      expect((await new Visitor().get(direct.url, '/write?a=1')).setCookie[0]).toMatch(/^shop_sid=/)
    })
  })
})
