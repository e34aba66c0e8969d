import { describe, expect } from 'vitest'
import { type Logger, silentLogger } from '../../src/support/logger.js'
import { describeInMemory } from '../support/matrix.js'
import { type PageContext, sessionPages, shop } from '../support/shop.js'
import { Visitor, visitorWith } from '../support/visitor.js'

type Given = Readonly<Record<string, string>>

/** What a handler says, and what leaves with a credential. */
const replaced: readonly (readonly [given: Given, leaves: Given])[] = [
  [{ 'cache-control': 'public;max-age=60' }, { 'cache-control': 'private, max-age=60' }],
  [{ 'cache-control': 'public=1, max-age=60' }, { 'cache-control': 'private, max-age=60' }],
  [{ 'cache-control': 'Public, S-MaxAge=60' }, { 'cache-control': 'private' }],
  [{ 'cache-control': 'public, private, max-age=60' }, { 'cache-control': 'private, max-age=60' }],
  [{ 'cache-control': 'no-store, s-maxage=60' }, { 'cache-control': 'no-store' }],
  [{ 'cache-control': 'public, no-cache="a, private, b"' }, { 'cache-control': 'private, no-cache="a, private, b"' }],
  [{ 'cache-control': 'no-cache="a, public' }, { 'cache-control': 'no-store' }],
  [
    { 'cdn-cache-control': 'max-age=60', 'cache-control': 'private' },
    { 'cdn-cache-control': 'no-store', 'cache-control': 'private' },
  ],
  [{ 'cdn-cache-control': 'public' }, { 'cdn-cache-control': 'no-store', 'cache-control': 'no-store' }],
  [{ 'cdn-cache-control': 'must-revalidate' }, { 'cdn-cache-control': 'no-store', 'cache-control': 'no-store' }],
  [{ 'cloudflare-cdn-cache-control': 'max-age=60' }, { 'cloudflare-cdn-cache-control': 'no-store' }],
  [{ 'x-litespeed-cache-control': 'public,max-age=60' }, { 'x-litespeed-cache-control': 'no-store' }],
  [{ 'edge-control': '!no-store, max-age=60' }, { 'edge-control': 'no-store' }],
  [
    { 'surrogate-control': 'max-age=60, content="ESI/1.0"' },
    { 'surrogate-control': 'no-store, content="ESI/1.0"', 'cache-control': 'no-store' },
  ],
  [{ 'x-accel-expires': '60' }, { 'x-accel-expires': '0', 'cache-control': 'no-store' }],
  [{ 'x-accel-expires': '@4102444800' }, { 'x-accel-expires': '0' }],
]

/** What a handler says that forbids it, and stays. */
const kept: readonly Given[] = [
  { 'cache-control': 'private, max-age=60, no-cache="a, b"' },
  { 'cache-control': 'NO-STORE' },
  { 'cdn-cache-control': 'no-store, max-age=60' },
  { 'cdn-cache-control': 'private' },
  { 'surrogate-control': 'no-store' },
  { 'x-accel-expires': '0' },
]

describe('headers that let shared caches keep a response with a credential', () => {
  describeInMemory(({ test }) => {
    const pages = (given: Given) => ({
      ...sessionPages,
      '/': (ctx: PageContext) => {
        ctx.session.name = 'ada'
        ctx.set(given)
      },
      '/page': (ctx: PageContext) => {
        ctx.set(given)
        ctx.body = 'a page'
      },
    })

    test.for(replaced)('53. are replaced, and a warning names the route: %j', async ([given, leaves], { store }) => {
      const warnings: unknown[] = []
      const logger = { ...silentLogger, warn: (fields: unknown) => void warnings.push(fields), child: () => logger }
      const { url } = await store.node(shop(pages(given)), { logger: logger as Logger })
      for (let n = 0; n < 2; n += 1) {
        const { headers, setCookie } = await new Visitor().get(url)
        expect(setCookie).toHaveLength(1)
        expect(Object.fromEntries(headers)).toMatchObject(leaves)
      }
      expect(warnings).toEqual([{ route: 'GET /' }])
    })

    test.for(kept)('53. stay if they forbid it: %j', async (given, { store }) => {
      const { url } = await store.node(shop(pages(given)))
      expect(Object.fromEntries((await new Visitor().get(url)).headers)).toMatchObject(given)
    })

    test.for(replaced.filter(([{ 'cache-control': own }]) => own === undefined))(
      '53. stay on a page without one, which renews nothing: %j',
      async ([given], { store }) => {
        const session = { timeout: '1h', cookie: { persistent: true } } as const
        const { url } = await store.node(shop(pages(given)), { session })
        const visitor = await visitorWith(url, 'a=1')
        store.skip(30 * 60_000)
        const { headers, setCookie } = await visitor.get(url, '/page')
        expect(setCookie).toEqual([])
        expect(Object.fromEntries(headers)).toMatchObject(given)
        store.skip(10 * 60_000)
        expect((await visitor.get(url, '/read')).setCookie).toHaveLength(1)
      },
    )
  })
})
