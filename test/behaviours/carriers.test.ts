import { describe, expect } from 'vitest'
import { silentLogger } from '../../src/support/logger.js'
import { describeEmbedded, describeEverywhere } from '../support/matrix.js'
import { type Page, sessionPages, shop } from '../support/shop.js'
import type { NodeOptions } from '../support/test-store.js'
import { type Answer, Visitor } from '../support/visitor.js'

const pages = {
  ...sessionPages,
  '/sign-in': async (ctx) => {
    const before = ctx.scopes.session.issued
    await ctx.scopes.session.login(String(ctx.query.as))
    return { before, token: ctx.scopes.session.issued }
  },
  '/rotate-and-fail': async (ctx) => {
    await ctx.scopes.session.rotate()
    ctx.throw(400)
  },
  '/issued': (ctx) => ({ token: ctx.scopes.session.issued }),
  '/both': (ctx) => {
    ctx.session.a = 1
    ctx.client.a = 1
  },
  '/plain': () => 'plain',
} satisfies Record<string, Page>

const withHeader: NodeOptions = { session: { carriers: [{ header: 'X-Auth-Token' }] } }
const withBoth: NodeOptions = { session: { carriers: ['cookie', { header: 'x-auth-token' }] } }
const withBearer: NodeOptions = { session: { carriers: [{ header: 'authorization' }] } }

const form = /^[\w-]{22}\.[\w-]{24}$/

/** A client that keeps no cookies: it sends what the header of the last answer that had one said. */
class HeaderClient {
  token: string

  constructor(token = '') {
    this.token = token
  }

  async get(url: string, path: string): Promise<Answer> {
    const answer = await new Visitor().get(url, path, { headers: { 'x-auth-token': this.token } })
    this.token = answer.headers.get('x-auth-token') ?? this.token
    return answer
  }
}

describe('credentials in headers', () => {
  describeEverywhere(({ test }) => {
    test('99. a header carries the credential both ways, without a cookie', async ({ store }) => {
      const [a, b] = await store.pair(shop(pages), withHeader)
      const client = new HeaderClient()
      const begun = await client.get(a.url, '/write?a=1')
      expect(begun.headers.get('x-auth-token')).toMatch(form)
      expect(begun.setCookie).toEqual([])
      for (const node of [a, b]) {
        const read = await client.get(node.url, '/read')
        expect(read.json()).toEqual({ a: '1' })
        expect([read.headers.get('x-auth-token'), read.setCookie]).toEqual([null, []])
      }
    })

    test('100. each client is answered by the carrier that it uses', async ({ store }) => {
      const { url } = await store.node(shop(pages), withBoth)
      const browser = new Visitor()
      const first = await browser.get(url, '/write?a=browser')
      expect([first.setCookie.length, first.headers.get('x-auth-token')]).toEqual([1, null])
      const client = new HeaderClient()
      const begun = await client.get(url, '/write?a=client')
      expect([begun.setCookie, begun.headers.get('x-auth-token')]).toEqual([[], expect.stringMatching(form)])
      expect((await browser.get(url, '/read')).json()).toEqual({ a: 'browser' })
      expect((await client.get(url, '/read')).json()).toEqual({ a: 'client' })
      const both = await browser.get(url, '/rotate', { headers: { 'x-auth-token': client.token } })
      expect([both.setCookie.length, both.headers.get('x-auth-token')]).toEqual([1, null])
      expect((await client.get(url, '/read')).json()).toEqual({ a: 'client' })
    })

    test('102. a login or rotation answers a new token, an end an empty one; the old one is dead everywhere', async ({
      store,
    }) => {
      const [a, b] = await store.pair(shop(pages), withHeader)
      const client = new HeaderClient()
      await client.get(a.url, '/write?a=1')
      for (const path of ['/login?as=anna', '/rotate']) {
        const old = client.token
        const { headers } = await client.get(a.url, path)
        expect(headers.get('x-auth-token')).toMatch(form)
        expect(client.token).not.toBe(old)
        await store.run(store.cluster ? 0 : 1_000)
        expect((await new HeaderClient(old).get(a.url, '/read')).json()).toEqual({})
      }
      const ended = await client.get(b.url, '/end')
      expect(ended.headers.get('x-auth-token')).toBe('')
      expect((await client.get(b.url, '/read')).json()).toEqual({})
    })
  })

  describeEmbedded(({ test }) => {
    test('101. authorization: requests carry Bearer, answers Session-Token', async ({ store }) => {
      const { url } = await store.node(shop(pages), withBearer)
      const ask = (path: string, authorization?: string) =>
        new Visitor().get(url, path, authorization === undefined ? {} : { headers: { authorization } })
      const begun = await ask('/write?a=1', 'Bearer')
      const token = begun.headers.get('session-token') ?? ''
      expect(token).toMatch(form)
      expect([begun.setCookie, begun.headers.get('authorization')]).toEqual([[], null])
      for (const scheme of ['Bearer', 'bearer', 'BEARER  ']) {
        expect((await ask('/read', `${scheme} ${token}`)).json(), scheme).toEqual({ a: '1' })
      }
      for (const other of [`Basic ${token}`, token, `Bearer ${token}x`, `Bearer x ${token}`])
        expect((await ask('/read', other)).json(), other).toEqual({})
    })

    test('101. the token of another service is none of ours: it does not choose the carrier', async ({ store }) => {
      const { url } = await store.node(shop(pages), {
        session: { carriers: ['cookie', { header: 'authorization' }] },
      })
      for (const authorization of ['Basic YTpi', 'Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2ln']) {
        const { headers, setCookie } = await new Visitor().get(url, '/write?a=1', { headers: { authorization } })
        expect([setCookie.length, headers.get('session-token')], authorization).toEqual([1, null])
      }
    })

    test('103. an unknown or malformed token is never adopted, and a new session is answered in the header', async ({
      store,
    }) => {
      const { url } = await store.node(shop(pages), withBoth)
      const strange = `${'a'.repeat(22)}.${'b'.repeat(24)}`
      for (const token of [strange, 'x', `${strange}, ${strange}`, `${strange}.route`, 'ä'.repeat(2_000)]) {
        const client = new HeaderClient(Buffer.from(token, 'latin1').toString('latin1'))
        const { headers, setCookie } = await client.get(url, '/write?a=1')
        expect(headers.get('x-auth-token')).toMatch(form)
        expect(headers.get('x-auth-token')).not.toBe(strange)
        expect(setCookie).toEqual([])
        expect((await client.get(url, '/read')).json()).toEqual({ a: '1' })
      }
    })

    test('104. caches learn which headers a response depends on, and keep none with a token', async ({ store }) => {
      const { url } = await store.node(shop(pages), withBoth)
      const client = new HeaderClient()
      const begun = await client.get(url, '/write?a=1')
      expect(begun.headers.get('vary')).toBe('Cookie, x-auth-token')
      expect(begun.headers.get('cache-control')).toBe('no-store')
      const read = await client.get(url, '/read')
      expect(read.headers.get('vary')).toBe('Cookie, x-auth-token')
      expect(read.headers.get('cache-control')).toBe('private')
      expect((await client.get(url, '/plain')).headers.get('vary')).toBeNull()
    })

    test('105. a handler learns the token that its response issues, and only there', async ({ store }) => {
      const { url } = await store.node(shop(pages), withHeader)
      const client = new HeaderClient()
      const { headers, json } = await client.get(url, '/sign-in?as=anna')
      expect(json()).toEqual({ token: headers.get('x-auth-token') })
      expect(json().token).toMatch(form)
      expect((await client.get(url, '/issued')).json()).toEqual({})
      expect((await client.get(url, '/principal')).json()).toBe('anna')
    })

    test('106. an error response keeps the token', async ({ store }) => {
      const { url } = await store.node(shop(pages), withHeader)
      const client = new HeaderClient()
      await client.get(url, '/write?a=1')
      const failed = await client.get(url, '/rotate-and-fail')
      expect([failed.status, failed.headers.get('x-auth-token')]).toEqual([400, expect.stringMatching(form)])
      expect((await client.get(url, '/read')).json()).toEqual({ a: '1' })
    })

    test('107. session and client use headers of their own', async ({ store }) => {
      const { url } = await store.node(shop(pages), {
        session: { carriers: [{ header: 'x-session' }] },
        client: { carriers: [{ header: 'x-client' }] },
      })
      const { headers, setCookie } = await new Visitor().get(url, '/both')
      expect(headers.get('x-session')).toMatch(form)
      expect(headers.get('x-client')).toMatch(form)
      expect(headers.get('x-session')).not.toBe(headers.get('x-client'))
      expect(setCookie).toEqual([])
    })

    test('107. no log line and no event holds a token', async ({ store }) => {
      const lines: unknown[] = []
      const note = (...line: unknown[]) => void lines.push(line)
      const logger = { ...silentLogger, debug: note, info: note, warn: note, error: note, child: () => logger }
      const { app, url } = await store.node(shop(pages), { ...withBoth, logger })
      for (const event of [
        'session:start',
        'session:login',
        'session:rotate',
        'session:end',
        'session:refused',
      ] as const)
        app.events.on(event, note)
      const tokens: string[] = []
      const client = new HeaderClient()
      for (const path of ['/write?a=1', '/login?as=anna', '/rotate', '/rotate-and-fail', '/end']) {
        await client.get(url, path)
        tokens.push(client.token)
      }
      await new HeaderClient(tokens[0]).get(url, '/read')
      const text = JSON.stringify(lines)
      expect(lines.length).toBeGreaterThan(3)
      for (const token of tokens.filter(Boolean)) expect(text).not.toContain(token.split('.')[1])
    })
  })
})

describe('a route in the cookie', () => {
  describeEverywhere(({ test }) => {
    test('108. names the node, and another node that serves the visitor puts its own name there', async ({ store }) => {
      const at = (route: string) => ({ session: { cookie: { route } }, client: false }) as const
      const a = await store.node(shop(pages), at('a'))
      const b = await store.node(shop(pages), at('b'))
      const without = await store.node(shop(pages), { client: false })
      const visitor = new Visitor()
      const cookie = () => visitor.cookies.get('shop_sid') ?? ''
      await visitor.get(a.url, '/write?a=1')
      expect(cookie()).toMatch(/^[\w-]{22}\.[\w-]{24}\.a$/)
      const credential = cookie().slice(0, -2)
      expect((await visitor.get(a.url, '/read')).setCookie).toEqual([])
      expect((await visitor.get(without.url, '/read')).json()).toEqual({ a: '1' })
      expect((await visitor.get(b.url, '/read')).json()).toEqual({ a: '1' })
      expect(cookie()).toBe(`${credential}.b`)
      expect((await visitor.get(b.url, '/read')).setCookie).toEqual([])
    })
  })
})
