import { describe, expect } from 'vitest'
import { describeClustered, describeEmbedded } from '../support/matrix.js'
import { type Page, sessionPages, shop } from '../support/shop.js'
import { Visitor, visitorWith } from '../support/visitor.js'

/** What a request may throw, with the status of the answer. */
const thrown: Record<string, { readonly value: () => unknown; readonly status: number }> = {
  'an error': { value: () => new Error('no'), status: 500 },
  'an error of ctx.throw': { value: () => Object.assign(new Error('no'), { status: 400, expose: true }), status: 400 },
  'an error with headers': {
    value: () =>
      Object.assign(new Error('no'), { status: 429, headers: { 'Retry-After': '9', 'Cache-Control': 'private' } }),
    status: 429,
  },
  'a string': { value: () => 'no', status: 500 },
  'a number': { value: () => 7, status: 500 },
  'an object': { value: () => ({ status: 418 }), status: 500 },
  'an object without prototype': { value: () => Object.create(null), status: 500 },
  null: { value: () => null, status: 500 },
  undefined: { value: () => undefined, status: 500 },
}

const fail = (what: unknown) => {
  throw thrown[String(what)]?.value()
}

describe('an error response', () => {
  describeEmbedded(({ test }) => {
    for (const [what, { status }] of Object.entries(thrown)) {
      test(`to ${what} keeps the cookie of a new visitor, whose record is stored`, async ({ store }) => {
        const page: Page = ({ session }) => {
          session.name = 'ada'
          fail(what)
        }
        const { app, url } = await store.node(shop({ ...sessionPages, '/fail': page }))
        const visitor = new Visitor()
        const answer = await visitor.get(url, '/fail')
        expect(answer.status).toBe(status)
        expect(answer.setCookie).toHaveLength(1)
        const caching = what === 'an error with headers' ? 'private' : 'no-store'
        expect([answer.headers.get('cache-control'), answer.headers.get('vary')]).toEqual([caching, 'Cookie'])
        expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada' })
        expect(await app.sessions.count()).toBe(1)
      })

      test(`to ${what} after rotate() logs nobody out`, async ({ store }) => {
        const page: Page = async ({ scopes }) => {
          await scopes.session.rotate()
          fail(what)
        }
        const { url } = await store.node(shop({ ...sessionPages, '/fail': page }))
        const visitor = await visitorWith(url, 'name=ada')
        expect((await visitor.get(url, '/fail')).setCookie).toHaveLength(1)
        expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada' })
      })
    }

    test('after invalidate() clears the cookie', async ({ store }) => {
      const page: Page = async (ctx) => {
        await ctx.scopes.session.invalidate()
        ctx.throw(400)
      }
      const { url } = await store.node(shop({ ...sessionPages, '/fail': page }))
      const visitor = await visitorWith(url, 'name=ada')
      expect((await visitor.get(url, '/fail')).status).toBe(400)
      expect(visitor.cookies.size).toBe(0)
    })

    test('drops the headers and cookies of the page, as Koa does', async ({ store }) => {
      const page: Page = (ctx) => {
        ctx.session.name = 'ada'
        ctx.set('X-Page', '1')
        ctx.cookies.set('mine', '1')
        ctx.throw(400)
      }
      const { url } = await store.node(shop({ ...sessionPages, '/fail': page }))
      const { headers, setCookie } = await new Visitor().get(url, '/fail')
      expect(headers.has('x-page')).toBe(false)
      expect(setCookie).toEqual([expect.stringMatching(/^shop_sid=/)])
    })

    test('to a visitor without a session sets no cookie', async ({ store }) => {
      const { url } = await store.node(shop({ '/fail': (ctx) => ctx.throw(400) }))
      const { headers, setCookie } = await new Visitor().get(url, '/fail')
      expect(setCookie).toEqual([])
      expect([headers.get('cache-control'), headers.get('vary')]).toEqual([null, null])
    })
  })
})

describe('a commit that fails takes the cookie back', () => {
  const pages = {
    ...sessionPages,
    '/fail': (ctx) => {
      ctx.session.name = 'ada'
      ctx.throw(400)
    },
    '/unstorable': ({ session }) => {
      session.name = 'ada'
      session.callback = () => {}
    },
  } satisfies Record<string, Page>

  describeClustered(({ test }) => {
    test('when the store is gone', async ({ store }) => {
      const node = await store.node(shop(pages))
      node.line.cut('save')
      for (const [path, status] of Object.entries({ '/write?name=ada': 503, '/fail': 400 }))
        expect(await new Visitor().get(node.url, path), path).toMatchObject({ status, setCookie: [] })
    })
  })

  describeEmbedded(({ test }) => {
    test('when a value cannot be stored', async ({ store }) => {
      const { app, url } = await store.node(shop(pages))
      const answer = await new Visitor().get(url, '/unstorable')
      expect(answer).toMatchObject({ status: 500, setCookie: [] })
      expect([answer.headers.get('cache-control'), answer.headers.get('vary')]).toEqual(['private', 'Cookie'])
      expect(await app.sessions.count()).toBe(0)
    })
  })
})
