import { koaBody } from 'koa-body'
import { describe, expect } from 'vitest'
import { csrf } from '../../src/koa/csrf.js'
import { defineApplication } from '../../src/koa/define-application.js'
import { quietContainer } from '../support/container.js'
import { describeEmbedded, describeEverywhere } from '../support/matrix.js'
import { type OpenScopes, type Page, sessionPages, shop } from '../support/shop.js'
import { unhandledRejections } from '../support/unhandled-rejections.js'
import { Visitor } from '../support/visitor.js'

const pages = {
  ...sessionPages,
  '/token': ({ query, scopes }) => scopes.session.csrfToken(query.key as string | undefined),
  '/verify': ({ query, scopes }) => scopes.session.verifyCsrf(query.token, query.key as string | undefined),
  '/public': (ctx) => {
    ctx.set('Cache-Control', 'public, max-age=600')
    return ctx.scopes.session.csrfToken()
  },
  '/by-hand': (ctx) => {
    ctx.scopes.session.csrfToken()
    ctx.res.writeHead(200)
  },
} satisfies Record<string, Page>

const verify = async (visitor: Visitor, url: string, token: string, key = '') =>
  (await visitor.get(url, `/verify?token=${encodeURIComponent(token)}&key=${key}`)).json()

describe('a CSRF token', () => {
  describeEverywhere(({ test }) => {
    test('110. is valid for its session and key, on every node, as often as it is sent', async ({ store }) => {
      const [a, b] = await store.pair(shop(pages))
      const visitor = new Visitor()
      const first = (await visitor.get(a.url, '/token')).json()
      const second = (await visitor.get(b.url, '/token?key=pay')).json()
      expect(first).toMatch(/^[\w-]{43}$/)
      for (const { url } of [a, b, a]) {
        expect(await verify(visitor, url, first)).toBe(true)
        expect(await verify(visitor, url, second, 'pay')).toBe(true)
        expect(await verify(visitor, url, first, 'pay')).toBe(false)
        expect(await verify(visitor, url, second)).toBe(false)
      }
      const stranger = new Visitor()
      await stranger.get(a.url, '/token')
      expect(await verify(stranger, b.url, first)).toBe(false)
      expect(await verify(new Visitor(), b.url, first)).toBe(false)
    })

    test('110. begins a session that is stored without attributes', async ({ store }) => {
      const { app, url } = await store.node(shop(pages))
      const visitor = new Visitor()
      const { headers, setCookie } = await visitor.get(url, '/token')
      expect(setCookie).toHaveLength(1)
      expect(headers.get('cache-control')).toBe('no-store')
      expect(await app.sessions.count()).toBe(1)
      expect((await visitor.get(url, '/read')).json()).toEqual({})
    })

    test('111. outlives a new secret by a minute', async ({ store }) => {
      const { url } = await store.node(shop(pages))
      const visitor = new Visitor()
      const token = (await visitor.get(url, '/token')).json()
      await visitor.get(url, '/login?as=anna')
      store.skip(30_000)
      await visitor.get(url, '/rotate')
      store.skip(29_000)
      expect(await verify(visitor, url, token)).toBe(true)
      store.skip(1_500)
      expect(await verify(visitor, url, token)).toBe(false)
    })

    test('111. ends with its session', async ({ store }) => {
      const { url } = await store.node(shop(pages))
      const visitor = new Visitor()
      const token = (await visitor.get(url, '/token')).json()
      await visitor.get(url, '/end')
      await visitor.get(url, '/write?a=1')
      expect(await verify(visitor, url, token)).toBe(false)
    })
  })

  describeEmbedded(({ test }) => {
    test('110. another text each time, and no other text is taken for it', async ({ store }) => {
      const { url } = await store.node(shop(pages))
      const visitor = new Visitor()
      const tokens = new Set<string>()
      for (let n = 0; n < 5; n += 1) tokens.add((await visitor.get(url, '/token')).json())
      expect(tokens.size).toBe(5)
      const [token = ''] = tokens
      const flipped = Buffer.from(token, 'base64url')
      for (let n = 0; n < flipped.length; n += 1) {
        const bytes = Buffer.from(flipped)
        bytes[n] = (bytes[n] ?? 0) ^ 1
        expect(await verify(visitor, url, bytes.toString('base64url')), `byte ${n}`).toBe(false)
      }
      for (const other of ['', 'x', token.slice(1), `${token}A`, `${token}=`, 'A'.repeat(43)])
        expect(await verify(visitor, url, other), other).toBe(false)
      expect((await visitor.get(url, '/verify?token=a&token=b')).json()).toBe(false)
    })

    test('112. never leaves with a response that shared caches keep', async ({ store }) => {
      const { url } = await store.node(shop(pages))
      const visitor = new Visitor()
      await visitor.get(url, '/write?a=1')
      const { headers } = await visitor.get(url, '/public')
      expect(headers.get('cache-control')).toBe('private, max-age=600')
      expect(headers.get('vary')).toBe('Cookie')
    })

    test('112. a page that sends its headers before the new session is stored gets an error', async ({ store }) => {
      const { url } = await store.node(shop(pages))
      expect((await new Visitor().get(url, '/by-hand')).status).toBe(500)
    })
  })
})

describe('csrf()', () => {
  const origins = ['https://admin.example.com']
  const guarded = defineApplication<OpenScopes>({
    setup(app) {
      app.use(koaBody())
      app.use(csrf({ origins }))
      app.use(async (ctx) => {
        if (ctx.path === '/token') ctx.body = ctx.scopes.session.csrfToken()
        else ctx.body = 'done'
      })
    },
  })

  describeEmbedded(({ test }) => {
    test('113. the browser decides: pages of this origin and of allowed ones pass, others do not', async ({
      store,
    }) => {
      const { url } = await store.node(guarded)
      const visitor = new Visitor()
      const token = (await visitor.get(url, '/token')).text
      const { host } = new URL(url)
      const post = async (headers: Record<string, string>, method = 'POST') =>
        (await visitor.get(url, '/', { method, headers })).status
      expect(await post({ 'sec-fetch-site': 'same-origin' })).toBe(200)
      expect(await post({ 'sec-fetch-site': 'none' })).toBe(200)
      expect(await post({ origin: `http://${host}` })).toBe(200)
      expect(await post({ origin: 'https://admin.example.com', 'sec-fetch-site': 'cross-site' })).toBe(200)
      for (const headers of [
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { origin: 'https://evil.example' },
        { origin: `http://${host}.evil.example` },
        { origin: 'garbage' },
        { origin: 'https://evil.example', 'x-csrf-token': token },
        { 'sec-fetch-site': 'cross-site', origin: `http://${host}` },
      ])
        for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
          expect(await post(headers, method), JSON.stringify(headers)).toBe(403)
      for (const method of ['GET', 'HEAD', 'OPTIONS'])
        expect(await post({ 'sec-fetch-site': 'cross-site' }, method)).toBe(200)
    })

    test('114. where the browser does not say it the token decides, in a header or a form', async ({ store }) => {
      const { url } = await store.node(guarded)
      const visitor = new Visitor()
      const token = (await visitor.get(url, '/token')).text
      const post = async (init: RequestInit) => (await visitor.get(url, '/', { method: 'POST', ...init })).status
      expect(await post({})).toBe(403)
      expect(await post({ headers: { origin: 'null' } })).toBe(403)
      expect(await post({ headers: { 'x-csrf-token': 'A'.repeat(43) } })).toBe(403)
      expect(await post({ headers: { 'x-csrf-token': token } })).toBe(200)
      expect(await post({ headers: { origin: 'null', 'x-csrf-token': token } })).toBe(200)
      expect(await post({ body: new URLSearchParams({ _csrf: token }) })).toBe(200)
      expect(await post({ body: new URLSearchParams({ _csrf: 'x' }) })).toBe(403)
    })

    test('114. a session in a header is passed, whatever cookies the client has', async ({ store }) => {
      const { url } = await store.node(guarded, { session: { carriers: ['cookie', { header: 'x-auth-token' }] } })
      const headers = { 'x-auth-token': '', cookie: 'balancer=1' }
      expect((await new Visitor().get(url, '/', { method: 'POST', headers })).status).toBe(200)
    })

    test('114. a client without a cookie has nothing that another site could use', async ({ store }) => {
      const { url } = await store.node(guarded)
      expect((await new Visitor().get(url, '/', { method: 'POST' })).status).toBe(200)
    })
  })

  describeEmbedded(({ test }) => {
    test('113. before the scopes it fails the same way at every request', async ({ store }) => {
      const early = defineApplication<OpenScopes>({
        setup(app) {
          app.middleware.unshift(csrf() as never)
        },
      })
      const { url } = await store.node(early)
      for (const headers of [{}, { cookie: 'a=b' }, { 'sec-fetch-site': 'same-origin' }])
        expect(
          (await new Visitor().get(url, '/', { method: 'POST', headers: new Headers(headers as never) })).status,
        ).toBe(500)
    })

    test('113. in an application without sessions it is an error at start', async () => {
      const guarded = defineApplication<OpenScopes>({
        setup(app) {
          app.use(csrf())
        },
      })
      const start = quietContainer({ applications: { shop: { client: {} } } }, { applications: { shop: guarded } })
      await expect(start.then(() => 'started')).rejects.toMatchObject({ code: 'SCOPE_NOT_DECLARED' })
    })

    test('113. a token that comes by a promise is an error of the program, which ends nothing', async ({ store }) => {
      const unhandled = unhandledRejections()
      const late = defineApplication<OpenScopes>({
        setup(app) {
          app.use(csrf({ token: async () => Promise.reject(new Error('late')) }))
        },
      })
      const { url } = await store.node(late)
      const headers = { cookie: 'a=b' }
      expect((await new Visitor().get(url, '/', { method: 'POST', headers })).status).toBe(500)
      expect(unhandled).toEqual([])
    })

    test('113. wrong options are refused at once', () => {
      for (const options of [{ origin: [] }, { origins: 'https://a.example' }, { key: 5 }, { token: 'x' }, null])
        expect(() => csrf(options as never), JSON.stringify(options)).toThrow(TypeError)
      for (const origin of ['example.com', 'https://example.com/', 'https://example.com/path', '*', 5n, Symbol('x')])
        expect(() => csrf({ origins: [origin as string] }), String(origin)).toThrow(TypeError)
    })
  })
})
