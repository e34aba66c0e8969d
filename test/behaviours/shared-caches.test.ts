import { describe, expect } from 'vitest'
import { describeInMemory } from '../support/matrix.js'
import { sharedCaches, startSharedCache } from '../support/shared-caches.js'
import { type Page, type PageContext, sessionPages, shop } from '../support/shop.js'
import type { TestStore } from '../support/test-store.js'
import { Visitor, visitorWith } from '../support/visitor.js'

const minute = 60_000
const lastModified = new Date('2020-01-01T00:00:00Z').toUTCString()

/** What handlers say who let every cache keep a response; none of them may get through. */
const publicHeaders: Record<string, Record<string, string>> = {
  public: { 'Cache-Control': 'public, max-age=600' },
  'a semicolon': { 'Cache-Control': 'public;max-age=600' },
  'an argument': { 'Cache-Control': 'max-age=600, public=1' },
  's-maxage': { 'Cache-Control': 'S-MaxAge=600' },
  'a quoted list': { 'Cache-Control': 'no-cache="x-a, private", public, max-age=600' },
  contradiction: { 'Cache-Control': 'public, private, max-age=600' },
  Expires: { Expires: new Date(Date.now() + 60 * minute).toUTCString() },
  'X-Accel-Expires': { 'X-Accel-Expires': '600' },
  'targeted and public': { 'CDN-Cache-Control': 'max-age=600', 'Cache-Control': 'public, max-age=600' },
  'Last-Modified alone': { 'Last-Modified': lastModified },
}

const headersIn = ({ query }: PageContext) => publicHeaders[String(query.as)] ?? {}

const begin: Page = (ctx) => {
  ctx.session.name = ctx.query.name
  ctx.set(headersIn(ctx))
  ctx.status = Number(ctx.query.status ?? 200)
  if (ctx.status === 301) ctx.set('Location', '/elsewhere')
  ctx.body = `page of ${ctx.session.name}`
}

let served = 0

const pages = {
  ...sessionPages,
  '/begin': begin,
  '/fail': (ctx) => {
    ctx.session.name = ctx.query.name
    throw Object.assign(new Error(`page of ${ctx.session.name}`), { status: 404, headers: headersIn(ctx) })
  },
  '/mine': (ctx) => {
    ctx.set('Last-Modified', lastModified)
    ctx.body = `page of ${ctx.session.name ?? 'a stranger'}`
  },
  '/mine-public': (ctx) => {
    ctx.set('Cache-Control', 'public, max-age=600')
    ctx.body = `visit ${ctx.client.visits ?? 'of a stranger'}`
  },
  '/visit': (ctx) => {
    ctx.client.visits = 1
  },
  '/plain': (ctx) => {
    served += 1
    ctx.status = 200
    ctx.set('Last-Modified', lastModified)
    if (ctx.fresh) ctx.status = 304
    else ctx.body = `response ${served}`
  },
  '/plain-public': (ctx) => {
    served += 1
    ctx.set('Cache-Control', 'public, max-age=600')
    ctx.body = `response ${served}`
  },
  '/plain-cookie': (ctx) => {
    ctx.set('Cache-Control', 'public, max-age=600')
    ctx.cookies.set('mine', '1')
    ctx.body = 'with a cookie of its own'
  },
} satisfies Record<string, Page>

const kinds = Object.keys(sharedCaches) as (keyof typeof sharedCaches)[]

describe.for(kinds)('behind %s', (kind) => {
  /** A node with a shared cache before it, for the length of `use`. */
  async function behindCache(store: TestStore, use: (url: string) => Promise<void>): Promise<void> {
    const cookie = { persistent: true }
    const node = await store.node(shop(pages), { session: { timeout: '2h' }, client: { timeout: '1h', cookie } })
    const cache = await startSharedCache(kind, node.url)
    try {
      await use(cache.url)
    } finally {
      await cache.stop()
    }
  }

  describeInMemory(({ test }) => {
    test('pages without scopes are kept, and a cookie of their own too if the cache does that', ({ store }) =>
      behindCache(store, async (url) => {
        for (const path of ['/plain', '/plain-public']) {
          const first = await new Visitor().get(url, path)
          const second = await new Visitor().get(url, path)
          expect(second.text, path).toBe(first.text)
          expect(second.headers.get('x-cache'), path).toMatch(/^HIT/)
        }
        await new Visitor().get(url, '/plain-cookie')
        const cookies = (await new Visitor().get(url, '/plain-cookie')).headers
        expect(cookies.get('x-cache')).toMatch(kind.startsWith('Apache') ? /^HIT/ : /^MISS/)
        expect(cookies.getSetCookie()[0]).toMatch(/^mine=1/)
      }))

    test('53. a response that begins a session is for its visitor alone, whatever the handler says', ({ store }) =>
      behindCache(store, async (url) => {
        const paths = [...[200, 301, 404].map((status) => `/begin?status=${status}`), '/fail?']
        for (const as of Object.keys(publicHeaders))
          for (const path of paths.map((path) => `${path}&as=${encodeURIComponent(as)}`)) {
            const visitors = [new Visitor(), new Visitor()]
            const cookies: string[] = []
            for (const visitor of visitors) {
              const { headers, setCookie } = await visitor.get(url, path)
              expect(headers.get('x-cache'), path).not.toMatch(/^HIT/)
              cookies.push(...setCookie)
            }
            expect(new Set(cookies).size, path).toBe(2)
          }
      }))

    test('53. a renewed cookie reaches its visitor alone', ({ store }) =>
      behindCache(store, async (url) => {
        const visitor = new Visitor()
        await visitor.get(url, '/visit')
        store.skip(30 * minute)
        const page = await visitor.get(url, '/mine-public')
        expect([page.text, page.setCookie]).toEqual(['visit 1', []])
        expect((await new Visitor().get(url, '/mine-public')).text).toBe('visit of a stranger')
        store.skip(10 * minute)
        expect((await visitor.get(url, '/plain')).setCookie).toHaveLength(1)
        for (let n = 0; n < 2; n += 1) expect((await new Visitor().get(url, '/plain')).setCookie).toEqual([])
      }))

    test('53. a cookie renewed while the cache revalidates a page reaches its visitor alone', ({ store }) =>
      behindCache(store, async (url) => {
        const visitor = new Visitor()
        await visitor.get(url, '/visit')
        await new Visitor().get(url, '/plain')
        store.skip(30 * minute)
        const renewed = await visitor.get(url, '/plain', { headers: { 'Cache-Control': 'max-age=0' } })
        expect(renewed.headers.get('x-cache')).toMatch(kind.startsWith('Apache') ? /^(REVALIDATE|MISS)/ : /^HIT/)
        const stranger = new Visitor()
        for (let n = 0; n < 2; n += 1) expect((await stranger.get(url, '/plain')).setCookie).toEqual([])
      }))

    test('54. a page that only reads the session is for its visitor alone, with Last-Modified and no more', ({
      store,
    }) =>
      behindCache(store, async (url) => {
        const ada = await visitorWith(url, 'name=ada')
        const bob = await visitorWith(url, 'name=bob')
        for (let n = 0; n < 2; n += 1) {
          expect((await ada.get(url, '/mine')).text).toBe('page of ada')
          expect((await new Visitor().get(url, '/mine')).text).toBe('page of a stranger')
          expect((await bob.get(url, '/mine')).text).toBe('page of bob')
        }
      }))
  })
})
