import { describe, expect } from 'vitest'
import { asTimeout } from '../../src/errors/parse-duration.js'
import type { ScopedApplication } from '../../src/koa/application.js'
import { describeEmbedded, describeEverywhere } from '../support/matrix.js'
import { type OpenScopes, type Page, type PageContext, sessionPages, shop } from '../support/shop.js'
import type { Node } from '../support/test-store.js'
import { Visitor, visitorWith } from '../support/visitor.js'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const pages = {
  ...sessionPages,
  '/login': (ctx) => ctx.scopes.session.login(String(ctx.query.as), { remember: ctx.query.remember === 'yes' }),
  '/since': (ctx) => ctx.scopes.session.authenticatedAt,
  '/timeout': (ctx) => ctx.scopes.session.timeout,
  '/lifetime': (ctx) => ctx.scopes.session.lifetime,
  '/set': async ({ query, scopes }) => {
    if (query.timeout) scopes.session.timeout = asTimeout(String(query.timeout))
    if (query.lifetime) scopes.session.lifetime = asTimeout(String(query.lifetime))
    if (query.as) await scopes.session.login(String(query.as))
  },
  '/extend': (ctx) => {
    ctx.scopes.session.timeout = '2d'
  },
  '/devices': async (ctx) => {
    const { id, principal } = ctx.scopes.session
    const { sessions } = ctx.app as unknown as ScopedApplication<OpenScopes>
    const found = await sessions.find({ principal: principal ?? '', current: id })
    return found.map(({ current }) => current).toSorted()
  },
} satisfies Record<string, Page>

const maxAgeOf = (line = '') => /Max-Age=(\d+)/.exec(line)?.[1]

const idOf = (visitor: Visitor) => visitor.cookies.get('shop_sid')?.split('.')[0] ?? ''

async function loggedIn({ url }: Node, principal: string): Promise<Visitor> {
  const visitor = new Visitor()
  await visitor.get(url, `/login?as=${principal}`)
  return visitor
}

describe('a remembered login', () => {
  describeEverywhere(({ test }) => {
    test('115. lives for the time of remember, and its cookie outlives the browser', async ({ store }) => {
      const [a, b] = await store.pair(shop(pages), { session: { remember: { timeout: '30d' } } })
      const visitor = await visitorWith(a.url, 'a=1')
      const { setCookie } = await visitor.get(a.url, '/login?as=anna&remember=yes')
      expect(maxAgeOf(setCookie[0])).toBe(String((30 * day) / 1000))
      for (let n = 0; n < 3; n += 1) {
        store.skip(20 * day)
        const { json, setCookie } = await visitor.get(b.url, '/principal')
        expect(json()).toBe('anna')
        expect(maxAgeOf(setCookie[0])).toBe(String((30 * day) / 1000))
      }
      store.skip(31 * day)
      expect((await visitor.get(a.url, '/principal')).json()).toBeNull()
    })

    test('115. without it a session lives for its timeout, and its cookie for the browser', async ({ store }) => {
      const { url } = await store.node(shop(pages))
      const visitor = new Visitor()
      const { setCookie } = await visitor.get(url, '/login?as=anna')
      expect(maxAgeOf(setCookie[0])).toBeUndefined()
      store.skip(hour)
      expect((await visitor.get(url, '/principal')).json()).toBeNull()
    })

    test('115. a later login that is not remembered takes it back', async ({ store }) => {
      const { url } = await store.node(shop(pages), { session: { timeout: '20m' } })
      const visitor = new Visitor()
      await visitor.get(url, '/login?as=anna&remember=yes')
      expect((await visitor.get(url, '/timeout')).json()).toBe(30 * day)
      const { setCookie } = await visitor.get(url, '/login?as=berta')
      expect(maxAgeOf(setCookie[0])).toBeUndefined()
      expect((await visitor.get(url, '/timeout')).json()).toBe(20 * minute)
    })

    test('115. a later login that is not remembered counts the lifetime from there, so that an old session goes on', async ({
      store,
    }) => {
      const remember = { timeout: '30d', lifetime: '365d' } as const
      const { url } = await store.node(shop(pages), { session: { lifetime: '12h', remember } })
      for (const setting of [undefined, 'timeout=5m']) {
        const visitor = await visitorWith(url, 'a=1')
        await visitor.get(url, '/login?as=anna&remember=yes')
        store.skip(5 * day)
        if (setting) await visitor.get(url, `/set?${setting}`)
        for (let login = 0; login < 2; login += 1) {
          await visitor.get(url, '/login?as=anna')
          expect((await visitor.get(url, '/lifetime')).json()).toBe(5 * day + 12 * hour)
          expect((await visitor.get(url, '/timeout')).json()).toBe((setting ? 5 : 30) * minute)
          store.skip(4 * minute)
        }
        expect((await visitor.get(url, '/read')).json()).toEqual({ a: '1' })
      }
    })

    test('115. a remembered login counts the lifetime from there, also in a session that is older', async ({
      store,
    }) => {
      const remember = { timeout: '3d', lifetime: '4d' } as const
      const { url } = await store.node(shop(pages), { session: { timeout: '2d', remember } })
      const visitor = await visitorWith(url, 'a=1')
      for (let n = 0; n < 5; n += 1) {
        store.skip(day)
        await visitor.get(url, '/read')
      }
      await visitor.get(url, '/login?as=anna&remember=yes')
      expect((await visitor.get(url, '/lifetime')).json()).toBe(9 * day)
      expect((await visitor.get(url, '/principal')).json()).toBe('anna')
    })

    test('115. a later login that is not remembered keeps what is shorter, and what its own request has set', async ({
      store,
    }) => {
      const remember = { timeout: '30d', lifetime: '365d' } as const
      const { url } = await store.node(shop(pages), { session: { lifetime: '12h', remember } })
      const visitor = await visitorWith(url, 'a=1')
      await visitor.get(url, '/set?timeout=5m&lifetime=1h')
      await visitor.get(url, '/login?as=anna')
      expect((await visitor.get(url, '/timeout')).json()).toBe(5 * minute)
      expect((await visitor.get(url, '/lifetime')).json()).toBe(hour)
      await visitor.get(url, '/set?timeout=45d&lifetime=90d&as=anna')
      expect((await visitor.get(url, '/timeout')).json()).toBe(45 * day)
      expect((await visitor.get(url, '/lifetime')).json()).toBe(90 * day)
    })

    test('115. ends with its lifetime, however often it is used', async ({ store }) => {
      const remember = { timeout: '30d', lifetime: '40d' } as const
      const { url } = await store.node(shop(pages), { session: { remember, lifetime: '12h' } })
      const visitor = new Visitor()
      await visitor.get(url, '/login?as=anna&remember=yes')
      store.skip(25 * day)
      expect((await visitor.get(url, '/principal')).json()).toBe('anna')
      store.skip(16 * day)
      expect((await visitor.get(url, '/principal')).json()).toBeNull()
    })

    test('115. a login that the limit refuses is not remembered either', async ({ store }) => {
      // biome-ignore lint/suspicious/noThenProperty: the word of the configuration
      const limit = { perPrincipal: 1, then: 'refuse' } as const
      const { url } = await store.node(shop(pages), { session: { limit } })
      await loggedIn({ url } as Node, 'anna')
      const visitor = await visitorWith(url, 'a=1')
      expect((await visitor.get(url, '/login?as=anna&remember=yes')).status).toBe(409)
      expect((await visitor.get(url, '/timeout')).json()).toBe(30 * minute)
    })

    test('117. authenticatedAt says when the principal was last set, also to the same one', async ({ store }) => {
      const { url } = await store.node(shop(pages))
      const visitor = await visitorWith(url, 'a=1')
      expect((await visitor.get(url, '/since')).json()).toBeNull()
      for (let n = 0; n < 2; n += 1) {
        await visitor.get(url, '/login?as=anna')
        const at = store.clock.now()
        store.skip(5 * minute)
        expect(Date.parse((await visitor.get(url, '/since')).json())).toBe(at)
      }
    })

    test('118. a list of sessions shows which of them asks', async ({ store }) => {
      const [a, b] = await store.pair(shop(pages))
      const visitors = [await loggedIn(a, 'anna'), await loggedIn(b, 'anna'), await loggedIn(b, 'berta')]
      expect((await visitors[0]?.get(b.url, '/devices'))?.json()).toEqual([false, true])
    })

    test('118. a list shows what the application said of each login, cut to 512 bytes', async ({ store }) => {
      const describe = (ctx: PageContext) => ({
        device: ctx.get('user-agent'),
        isPhone: false,
        visits: 1,
        address: null,
      })
      const [a, b] = await store.pair(shop(pages, { describe }))
      const visitor = new Visitor()
      const login = (agent: string) => visitor.get(a.url, '/login?as=anna', { headers: { 'user-agent': agent } })
      const described = async () => (await b.app.sessions.find({ principal: 'anna' })).map((it) => it.description)
      await login('Firefox "1"')
      expect(await described()).toEqual([{ device: 'Firefox "1"', isPhone: false, visits: 1, address: null }])
      await login(`${'é"'.repeat(500)}`)
      const [description] = await described()
      expect(Buffer.byteLength(JSON.stringify(description))).toBeLessThanOrEqual(512)
      expect(Buffer.byteLength(JSON.stringify(description))).toBeGreaterThan(500)
      expect(description).toMatchObject({ device: expect.stringMatching(/^(Ã©|é|")+/), visits: 1 })
    })

    test('118. a login without a description has none, and a description that is not flat is an error', async ({
      store,
    }) => {
      const { app, url } = await store.node(shop(pages))
      await loggedIn({ url } as Node, 'anna')
      expect((await app.sessions.find({ principal: 'anna' }))[0]?.description).toBeNull()
      const wrong = await store.node(shop(pages, { describe: () => ({ device: {} }) as never }))
      const visitor = new Visitor()
      expect((await visitor.get(wrong.url, '/login?as=berta')).status).toBe(500)
      expect(await app.sessions.find({ principal: 'berta' })).toEqual([])
    })

    test('118. a description that is none fails the login, in no time, and leaves the session as it was', async ({
      store,
    }) => {
      const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`k${n}`, 'x'.repeat(100)]))
      const rejected = () => Promise.reject(new Error('late'))
      const given: (() => unknown)[] = [rejected, async () => ({}), () => new Map([['a', 1]]), () => many, () => null]
      const describe = () => given[0]?.() as never
      const { app, url } = await store.node(shop(pages, { describe }))
      const visitor = await visitorWith(url, 'a=1')
      for (; given.length > 0; given.shift()) {
        const { setCookie, status } = await visitor.get(url, '/login?as=anna&remember=yes')
        expect([status, setCookie]).toEqual([500, []])
        expect((await visitor.get(url, '/timeout')).json()).toBe(30 * minute)
      }
      expect(await app.sessions.find({ principal: 'anna' })).toEqual([])
    })

    test('115. a login that is not remembered gives the ordinary life, whatever made it longer', async ({ store }) => {
      const { url } = await store.node(shop(pages))
      const visitor = await visitorWith(url, 'a=1')
      await visitor.get(url, '/extend')
      await visitor.get(url, '/login?as=anna')
      expect((await visitor.get(url, '/timeout')).json()).toBe(30 * minute)
    })

    test('119. the end of all sessions of a principal spares one that another has taken over', async ({ store }) => {
      const { app, url } = await store.node(shop(pages))
      const visitor = await loggedIn({ url } as Node, 'anna')
      const { sessions } = app
      const find = sessions.find.bind(sessions)
      sessions.find = async (which) => {
        const found = await find(which)
        await visitor.get(url, '/login?as=berta')
        return found
      }
      expect(await sessions.end({ principal: 'anna' })).toBe(0)
      expect((await visitor.get(url, '/principal')).json()).toBe('berta')
    })

    test('119. an id ends only the session of the principal that is named with it', async ({ store }) => {
      const [a, b] = await store.pair(shop(pages))
      const anna = await loggedIn(a, 'anna')
      const berta = await loggedIn(b, 'berta')
      const { sessions } = a.app
      expect(await sessions.end(idOf(berta), { principal: 'anna' })).toBe(0)
      expect(await sessions.end('no such id', { principal: 'anna' })).toBe(0)
      expect((await berta.get(b.url, '/principal')).json()).toBe('berta')
      expect(await sessions.end(idOf(anna), { principal: 'anna' })).toBe(1)
      expect((await anna.get(a.url, '/principal')).json()).toBeNull()
      for (const principal of [undefined, null, 1])
        await expect(sessions.end(idOf(berta), { principal } as never)).rejects.toThrow(TypeError)
      expect((await berta.get(b.url, '/principal')).json()).toBe('berta')
    })
  })

  describeEmbedded(({ test }) => {
    test('116. a timeout that is set for one record, longer than the others, reaches the cookie', async ({ store }) => {
      const { url } = await store.node(shop(pages))
      const visitor = await visitorWith(url, 'a=1')
      expect(maxAgeOf((await visitor.get(url, '/extend')).setCookie[0])).toBe(String((2 * day) / 1000))
      store.skip(day)
      expect(maxAgeOf((await visitor.get(url, '/read')).setCookie[0])).toBe(String((2 * day) / 1000))
    })

    test('115. is refused where nothing can be remembered', async ({ store }) => {
      const { app, url } = await store.node(shop(pages))
      const visitor = new Visitor()
      await visitor.get(url, '/write?a=1')
      await app.sessions.open(idOf(visitor), async (_, session) => {
        for (const options of [{ remember: 'yes' }, { remembered: true }, null])
          await expect(session.login('anna', options as never)).rejects.toThrow(TypeError)
      })
      expect((await visitor.get(url, '/principal')).json()).toBeNull()
    })
  })
})
