import { test as base, describe, expect } from 'vitest'
import { Gate } from '../support/gate.js'
import { LogLines } from '../support/log-lines.js'
import { newKey, SealedSite } from '../support/sealed-site.js'
import { type Page, type PageContext, sessionPages, shop } from '../support/shop.js'
import { Visitor, visitorWith } from '../support/visitor.js'

/*
 * The cases of the list that hold for records in sealed cookies, and what is different there. What revocations add stands in
 * sealed-revocations.test.ts.
 */

const minute = 60_000
const hour = 60 * minute
const nothingSaid = { status: 200, setCookie: [] }

const test = base.extend<{ site: SealedSite }>({
  // biome-ignore lint/correctness/noEmptyPattern: Vitest wants a pattern
  site: async ({}, use) => {
    const site = new SealedSite()
    await use(site)
    await site.close()
  },
})

/** A page that throws after it has changed the session. */
const failing: Page = (ctx) => {
  ctx.session.a = 'kept'
  return ctx.throw(400)
}

test('110. a CSRF token ends with the secret it was made under, and holds until then', async ({ site }) => {
  const pages: Record<string, Page> = {
    '/token': ({ scopes }) => scopes.session.csrfToken(),
    '/verify': ({ query, scopes }) => scopes.session.verifyCsrf(query.token),
  }
  const { url } = await site.node(shop({ ...sessionPages, ...pages }))
  const visitor = new Visitor()
  const token = encodeURIComponent((await visitor.get(url, '/token')).json())
  const isValid = async () => (await visitor.get(url, `/verify?token=${token}`)).json()
  expect(await isValid()).toBe(true)
  site.skip(2 * minute)
  expect(await isValid()).toBe(true)
  await visitor.get(url, '/login?as=ada')
  expect(await isValid()).toBe(false)
})

describe('nothing until needed', () => {
  test('1. a request that touches no scope gets no cookie', async ({ site }) => {
    const { url } = await site.node(shop({ '/': () => 'hello' }))
    expect(await new Visitor().get(url)).toMatchObject(nothingSaid)
  })

  test('2. a visitor who only reads what is not there gets no cookie', async ({ site }) => {
    const { url } = await site.node(shop({ '/': ({ session, client }) => [session.cart, 'visits' in client] }))
    expect(await new Visitor().get(url)).toMatchObject(nothingSaid)
  })

  test('3. the first write sends exactly one cookie, which holds the record', async ({ site }) => {
    const { url } = await site.node(shop(sessionPages))
    const { headers, setCookie } = await new Visitor().get(url, '/write?name=ada')
    expect(setCookie).toEqual([expect.stringMatching(/^shop_sid=[\w-]{100,}; Path=\/; HttpOnly; SameSite=Lax$/)])
    expect(setCookie[0]).not.toContain('ada')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('vary')).toBe('Cookie')
  })

  test('4. the cookie goes when the last attribute is removed, also if the visitor has just got it', async ({
    site,
  }) => {
    const brief = async ({ session, scopes }: PageContext) => {
      session.a = 1
      await scopes.session.commit()
      delete session.a
    }
    const { url } = await site.node(shop({ ...sessionPages, '/brief': brief }))
    const visitor = await visitorWith(url, 'a=1')
    const { setCookie } = await visitor.get(url, '/remove?a')
    expect(setCookie).toEqual([expect.stringMatching(/^shop_sid=; Max-Age=0/)])
    expect((await visitor.get(url, '/read')).json()).toEqual({})
    expect(await new Visitor().get(url, '/brief')).toMatchObject(nothingSaid)
  })

  test('5. onSessionStart runs once for a visitor, and its session is in the cookie though it is empty', async ({
    site,
  }) => {
    let starts = 0
    const { url } = await site.node(
      shop(sessionPages, {
        onSessionStart: () => {
          starts += 1
        },
      }),
    )
    const visitor = new Visitor()
    for (const path of ['/read', '/read', '/write?a=1', '/remove?a', '/read']) await visitor.get(url, path)
    expect(starts).toBe(1)
    expect((await visitor.get(url, '/id')).json()).toMatch(/^[\w-]{22}$/)
  })
})

describe('life', () => {
  const timeout = '10m'

  test('6. a session that is only read lives on, by a fresh cookie once per slack', async ({ site }) => {
    const { url } = await site.node(shop(sessionPages), { session: { timeout } })
    const visitor = await visitorWith(url, 'a=1')
    for (let n = 0; n < 6; n += 1) {
      site.skip(5 * minute)
      const { headers, json, setCookie } = await visitor.get(url, '/read')
      expect(json()).toEqual({ a: '1' })
      expect(setCookie).toHaveLength(1)
      expect(headers.get('cache-control')).toBe('no-store')
      site.skip(minute - 1)
      expect((await visitor.get(url, '/read')).setCookie).toEqual([])
    }
  })

  test('7. after the timeout the session is empty, and a write begins another one', async ({ site }) => {
    const { url } = await site.node(shop(sessionPages), { session: { timeout } })
    const visitor = await visitorWith(url, 'a=1')
    const id = (await visitor.get(url, '/id')).json()
    site.skip(11 * minute)
    expect(await visitor.get(url, '/read')).toMatchObject({ ...nothingSaid, text: '{}' })
    await visitor.get(url, '/write?b=2')
    expect((await visitor.get(url, '/read')).json()).toEqual({ b: '2' })
    expect((await visitor.get(url, '/id')).json()).not.toBe(id)
  })

  test('8. a session ends after its lifetime, which is 12h without being written', async ({ site }) => {
    const { url } = await site.node(shop(sessionPages))
    const visitor = await visitorWith(url, 'a=1')
    for (let n = 1; n < 48; n += 1) {
      site.skip(hour / 4)
      expect((await visitor.get(url, '/read')).json()).toEqual({ a: '1' })
    }
    site.skip(hour / 4)
    expect((await visitor.get(url, '/read')).json()).toEqual({})
  })

  test('9. a client with timeout: never is always found', async ({ site }) => {
    const pages = {
      '/write': (ctx: PageContext) => {
        ctx.client.a = 1
      },
      '/read': (ctx: PageContext) => ctx.client.a,
    }
    const { url } = await site.node(shop(pages), { client: { timeout: 'never' } })
    const visitor = new Visitor()
    const { setCookie } = await visitor.get(url, '/write')
    expect(setCookie[0]).toContain('Max-Age=34560000')
    site.skip(100_000 * hour)
    expect((await visitor.get(url, '/read')).json()).toBe(1)
  })

  test('10. a timeout of one record holds on every node, and for this record only', async ({ site }) => {
    const longer = ({ scopes }: PageContext) => {
      scopes.session.timeout = '1h'
    }
    const pages = {
      ...sessionPages,
      '/longer': longer,
      '/timeout': ({ scopes }: PageContext) => scopes.session.timeout,
    }
    const [a, b] = await site.pair(shop(pages), { session: { timeout } })
    const [visitor, other] = [await visitorWith(a.url, 'a=1'), await visitorWith(a.url, 'b=2')]
    await visitor.get(a.url, '/longer')
    expect((await visitor.get(b.url, '/timeout')).json()).toBe(hour)
    site.skip(50 * minute)
    expect((await visitor.get(b.url, '/read')).json()).toEqual({ a: '1' })
    expect((await other.get(b.url, '/read')).json()).toEqual({})
  })

  test('81. timeCreated and lifetime are the same in the request that begins a session and in the next', async ({
    site,
  }) => {
    const life = ({ scopes, session }: PageContext) => {
      session.a = 1
      return [scopes.session.timeCreated, scopes.session.lifetime, scopes.session.lastVisit]
    }
    const { url } = await site.node(shop({ '/': life }))
    const visitor = new Visitor()
    const first = (await visitor.get(url)).json()
    site.skip(minute)
    expect((await visitor.get(url)).json()).toEqual(first)
    expect(first[1]).toBe(12 * hour)
  })
})

describe('content', () => {
  test('14. nested values that are changed in place are in the next cookie', async ({ site }) => {
    const change = ({ session }: PageContext) => {
      session.cart ??= { items: [], seen: new Map(), tags: new Set(), at: new Date(0) }
      session.cart.items.push('tea')
      session.cart.seen.set(session.cart.items.length, 'seen')
      session.cart.tags.add('t')
      session.cart.at.setTime(session.cart.items.length)
    }
    const read = ({ session }: PageContext) => [
      session.cart.items,
      [...session.cart.seen],
      [...session.cart.tags],
      session.cart.at,
    ]
    const { url } = await site.node(shop({ '/change': change, '/read': read }))
    const visitor = new Visitor()
    for (let n = 0; n < 2; n += 1) await visitor.get(url, '/change')
    expect((await visitor.get(url, '/read')).json()).toEqual([
      ['tea', 'tea'],
      [
        [1, 'seen'],
        [2, 'seen'],
      ],
      ['t'],
      new Date(2).toJSON(),
    ])
  })

  test('15. what one node writes the next request finds on another, which has the same keys', async ({ site }) => {
    const [a, b] = await site.pair(shop(sessionPages))
    const visitor = await visitorWith(a.url, 'a=1')
    expect((await visitor.get(b.url, '/read')).json()).toEqual({ a: '1' })
  })

  test('19. an attribute set and removed in one request is nowhere; removed and set, it has its new value', async ({
    site,
  }) => {
    const turn = ({ session }: PageContext) => {
      session.brief = 1
      delete session.brief
      delete session.a
      session.a = 'new'
    }
    const { url } = await site.node(shop({ ...sessionPages, '/turn': turn }))
    const visitor = await visitorWith(url, 'a=old')
    await visitor.get(url, '/turn')
    expect((await visitor.get(url, '/read')).json()).toEqual({ a: 'new' })
  })

  test('21. a request that changes nothing, or assigns an equal value, sends no cookie', async ({ site }) => {
    const { url } = await site.node(shop(sessionPages))
    const visitor = await visitorWith(url, 'a=1')
    for (const path of ['/read', '/write?a=1', '/id']) expect(await visitor.get(url, path)).toMatchObject(nothingSaid)
  })

  test('22. names that no cookie could carry come back, in their order', async ({ site }) => {
    const names = ['b.c', '$a', '\0', '__proto__', '😀', 'a;b=c', '1']
    const write = ({ session }: PageContext) => {
      for (const name of names) session[name] = name
    }
    const { url } = await site.node(shop({ '/write': write, '/read': ({ session }) => Object.entries(session) }))
    const visitor = new Visitor()
    await visitor.get(url, '/write')
    expect((await visitor.get(url, '/read')).json()).toEqual(names.map((name) => [name, name]))
  })

  test('23. a value that cannot be encoded fails the request, and the cookie stays as it was', async ({ site }) => {
    const broken = ({ session }: PageContext) => {
      session.a = 2
      session.f = () => {}
    }
    const { url } = await site.node(shop({ ...sessionPages, '/broken': broken }), { options: {} })
    const visitor = await visitorWith(url, 'a=1')
    expect(await visitor.get(url, '/broken')).toMatchObject({ status: 500, setCookie: [] })
    expect((await visitor.get(url, '/read')).json()).toEqual({ a: '1' })
  })

  test('24. an attribute whose class is gone is absent; the others work', async ({ site }) => {
    class Money {
      amount = 1
    }
    const pages = {
      ...sessionPages,
      '/pay': ({ session }: PageContext) => {
        session.money = new Money()
      },
    }
    const before = await site.node(shop(pages), { options: { types: { classes: { Money } } } })
    const visitor = await visitorWith(before.url, 'a=1')
    expect((await visitor.get(before.url, '/pay')).status).toBe(200)
    const after = await site.node(shop(pages))
    const heard: unknown[] = []
    after.app.events.on('scope:undecodable', ({ name }) => heard.push(name))
    expect((await visitor.get(after.url, '/read')).json()).toEqual({ a: '1' })
    expect(heard).toEqual(['money'])
  })

  test('a record of two cookies is kept, and becomes one again', async ({ site }) => {
    const fill = ({ session, query }: PageContext) => {
      session.text = 'x'.repeat(Number(query.length))
    }
    const pages = { '/fill': fill, '/length': ({ session }: PageContext) => session.text.length }
    const { url } = await site.node(shop(pages), { cache: { cookies: 2 } })
    const visitor = new Visitor()
    expect((await visitor.get(url, '/fill?length=5000')).setCookie).toHaveLength(2)
    expect([...visitor.cookies.keys()]).toEqual(['shop_sid', 'shop_sid.1'])
    expect((await visitor.get(url, '/length')).json()).toBe(5000)
    await visitor.get(url, '/fill?length=100')
    expect([...visitor.cookies.keys()]).toEqual(['shop_sid'])
    expect((await visitor.get(url, '/length')).json()).toBe(100)
  })

  test('a record that does not fit gets 413, nothing of its request is saved, and no cookie is sent', async ({
    site,
  }) => {
    const errors: unknown[] = []
    const grow = ({ session, client }: PageContext) => {
      session.a = 'changed'
      client.small = 'x'
      client.big = 'x'.repeat(4_000)
    }
    const pages = shop(
      { ...sessionPages, '/grow': grow, '/client': ({ client }) => ({ ...client }) },
      { onError: (error) => void errors.push(error) },
    )
    const { url } = await site.node(pages, { session: { storage: 'memory' } })
    const visitor = await visitorWith(url, 'a=1')
    expect(await visitor.get(url, '/grow')).toMatchObject({ status: 413, setCookie: [] })
    expect((await visitor.get(url, '/read')).json()).toEqual({ a: '1' })
    expect((await visitor.get(url, '/client')).json()).toEqual({})
    expect(errors).toMatchObject([
      { code: 'COOKIE_TOO_LARGE', message: expect.stringMatching(/"big" \(40\d\d bytes\), "small" \(\d+ bytes\)/) },
    ])
  })
})

describe('a record that no longer fits', () => {
  const fill = ({ session, query }: PageContext) => {
    session.text = 'x'.repeat(Number(query.length))
  }

  test('is still read, keeps its cookie, and is a warning once a minute', async ({ site }) => {
    const pages = shop({ ...sessionPages, '/fill': fill, '/length': ({ session }) => session.text.length })
    const log = new LogLines()
    const wide = await site.node(pages, { cache: { cookies: 2 } })
    const narrow = await site.node(pages, { options: { logger: log.logger } })
    const visitor = new Visitor()
    await visitor.get(wide.url, '/fill?length=5000')
    for (const _ of [1, 2]) {
      site.skip(4 * 60_000)
      for (const __ of [1, 2]) {
        const answer = await visitor.get(narrow.url, '/length')
        expect([answer.status, answer.text, answer.setCookie]).toEqual([200, '5000', []])
      }
    }
    const message = 'a record no longer fits its cookie, so it does not slide'
    const largest = [{ name: 'text', bytes: expect.any(Number) }]
    expect(log.shown).toMatchObject([
      { level: 'warn', message, fields: { scope: 'session', code: 'COOKIE_TOO_LARGE', largest, before: 0 } },
      { level: 'warn', message, fields: { before: 1 } },
    ])
    expect((await visitor.get(narrow.url, '/write?a=1')).status).toBe(413)
    site.skip(24 * 60_000)
    expect((await visitor.get(narrow.url, '/read')).json()).toEqual({})
  })

  test('is told what would be enough, and warned of once a minute', async ({ site }) => {
    const errors: unknown[] = []
    const log = new LogLines()
    const pages = shop({ '/fill': fill }, { onError: (error) => void errors.push(error) })
    const { url } = await site.node(pages, { options: { logger: log.logger } })
    for (const length of [5_000, 50_000])
      expect((await new Visitor().get(url, `/fill?length=${length}`)).status).toBe(413)
    expect(errors).toMatchObject([
      { remedy: expect.stringMatching(/^Allow a second cookie by cookies: 2/) },
      { remedy: expect.stringMatching(/^Keep less in it/) },
    ])
    expect(log.shown).toMatchObject([
      { level: 'warn', fields: { code: 'COOKIE_TOO_LARGE', reason: expect.stringContaining('"text" (50') } },
    ])
  })
})

test('login() cannot remember the visitor of a sealed session', async ({ site }) => {
  const errors: unknown[] = []
  const login = ({ scopes }: PageContext) => scopes.session.login('ada', { remember: true })
  const { url } = await site.node(shop({ '/login': login }, { onError: (error) => void errors.push(error) }))
  expect((await new Visitor().get(url, '/login')).status).toBe(500)
  expect(errors).toMatchObject([{ code: 'REMEMBER_UNSUPPORTED' }])
})

describe('identity', () => {
  test('27. rotate() gives the visitor another cookie; without revocations a copy of the old one still opens', async ({
    site,
  }) => {
    const [a, b] = await site.pair(shop(sessionPages))
    const visitor = await visitorWith(a.url, 'a=1')
    const copy = visitor.clone()
    expect((await visitor.get(a.url, '/rotate')).setCookie).toHaveLength(1)
    for (const { url } of [a, b])
      for (const who of [visitor, copy]) expect((await who.get(url, '/read')).json()).toEqual({ a: '1' })
  })

  test('login() sets the principal, with the changes so far, and a copy from before is not logged in', async ({
    site,
  }) => {
    const { url } = await site.node(shop(sessionPages))
    const visitor = await visitorWith(url, 'a=1')
    const before = visitor.clone()
    await visitor.get(url, '/login?as=ada')
    expect((await visitor.get(url, '/principal')).json()).toBe('ada')
    expect((await before.get(url, '/principal')).json()).toBeNull()
    const fresh = new Visitor()
    await fresh.get(url, '/login?as=eve')
    expect((await fresh.get(url, '/principal')).json()).toBe('eve')
  })

  test('30. invalidate() clears the cookie, runs the end handler in its own request, and keeps the client', async ({
    site,
  }) => {
    const ends: unknown[] = []
    const visit = ({ client }: PageContext) => {
      client.visits = 1
    }
    const pages = { ...sessionPages, '/visit': visit, '/visits': ({ client }: PageContext) => client.visits }
    const application = shop(pages, {
      onSessionEnd: ({ session, reason, attempt, principal }) =>
        void ends.push([{ ...session }, reason, attempt, principal]),
    })
    const { url } = await site.node(application, { session: { endEvents: 'explicit' } })
    const visitor = await visitorWith(url, 'a=1')
    for (const path of ['/visit', '/login?as=ada']) await visitor.get(url, path)
    const { setCookie } = await visitor.get(url, '/end')
    expect(setCookie).toEqual([expect.stringMatching(/^shop_sid=; Max-Age=0/)])
    expect(ends).toEqual([[{ a: '1' }, 'invalidated', 1, 'ada']])
    expect((await visitor.get(url, '/read')).json()).toEqual({})
    expect((await visitor.get(url, '/visits')).json()).toBe(1)
  })

  test('an end handler that throws is reported, and the session has ended all the same', async ({ site }) => {
    const application = shop(sessionPages, {
      onSessionEnd: () => {
        throw new Error('no')
      },
    })
    const { app, url } = await site.node(application, { session: { endEvents: 'explicit' } })
    const letters: unknown[] = []
    app.events.on('session:dead-letter', ({ reason }) => letters.push(reason))
    const visitor = await visitorWith(url, 'a=1')
    expect(await visitor.get(url, '/end')).toMatchObject({ status: 200 })
    expect(letters).toEqual(['invalidated'])
    expect(visitor.cookies.size).toBe(0)
  })

  test('a write after invalidate() begins another session in the same request', async ({ site }) => {
    const renew = async ({ scopes, session }: PageContext) => {
      const before = scopes.session.id
      await scopes.session.invalidate()
      session.b = 2
      return before
    }
    const { url } = await site.node(shop({ ...sessionPages, '/renew': renew }))
    const visitor = await visitorWith(url, 'a=1')
    const before = (await visitor.get(url, '/renew')).json()
    expect((await visitor.get(url, '/read')).json()).toEqual({ b: 2 })
    expect((await visitor.get(url, '/id')).json()).not.toBe(before)
  })

  test('32. what our keys did not seal for this place is never adopted', async ({ site }) => {
    const [a, b] = await site.pair(shop(sessionPages), { neighbours: ['blog'] })
    const stranger = await site.node(shop(sessionPages), { cache: { keys: [newKey()] } })
    const foreign = (await visitorWith(stranger.url, 'name=eve')).cookies.get('shop_sid') ?? ''
    const own = (await visitorWith(a.url, 'name=ada')).cookies.get('shop_sid') ?? ''
    const values = [
      foreign,
      own.slice(0, -4),
      `${own.slice(0, -1)}${own.endsWith('A') ? 'B' : 'A'}`,
      'x',
      `${own}.`,
      '{}',
    ]
    for (const value of values) {
      const visitor = new Visitor()
      visitor.cookies.set('shop_sid', value)
      expect(await visitor.get(b.url, '/read'), value).toMatchObject({ ...nothingSaid, text: '{}' })
      await visitor.get(b.url, '/write?mine=1')
      expect((await visitor.get(b.url, '/read')).json()).toEqual({ mine: '1' })
    }
    // A session is no client, and that of one application none of another.
    for (const name of ['shop_cid', 'blog_sid', 'blog_cid'])
      expect((await new Visitor().get(a.url, '/blog/read', { headers: { cookie: `${name}=${own}` } })).json()).toEqual(
        {},
      )
  })

  test('33. of two cookies of the same name the one that opens is used', async ({ site }) => {
    const { url } = await site.node(shop(sessionPages))
    const stale = (await visitorWith(url, 'name=old')).cookies.get('shop_sid')
    site.skip(hour)
    const live = (await visitorWith(url, 'name=ada')).cookies.get('shop_sid')
    const cookie = `shop_sid=nonsense; shop_sid=${stale}; shop_sid=${live}`
    expect((await new Visitor().get(url, '/read', { headers: { cookie } })).json()).toEqual({ name: 'ada' })
  })

  test('41. two applications with one cache have sessions of their own', async ({ site }) => {
    const { url } = await site.node(shop(sessionPages), { neighbours: ['blog'] })
    const visitor = new Visitor()
    await visitor.get(url, '/write?a=1')
    await visitor.get(url, '/blog/write?b=2')
    expect((await visitor.get(url, '/read')).json()).toEqual({ a: '1' })
    expect((await visitor.get(url, '/blog/read')).json()).toEqual({ b: '2' })
  })
})

describe('requests and responses', () => {
  test('of parallel requests the response that arrives last wins, as a whole', async ({ site }) => {
    const gate = new Gate()
    const slow = async ({ session }: PageContext) => {
      session.slow = 1
      await gate.pass()
    }
    const { url } = await site.node(shop({ ...sessionPages, '/slow': slow }))
    const visitor = await visitorWith(url, 'a=1')
    const slowRequest = visitor.get(url, '/slow')
    await gate.reached
    await visitor.get(url, '/write?quick=1')
    gate.open()
    await slowRequest
    expect((await visitor.get(url, '/read')).json()).toEqual({ a: '1', slow: 1 })
  })

  test('39. onRequestStart returns false: its changes are in the cookie', async ({ site }) => {
    const { url } = await site.node(
      shop(sessionPages, {
        onRequestStart: ({ path, session, response }) => {
          if (path !== '/stop') return true
          session.a = 'kept'
          response.body = ''
          return false
        },
      }),
    )
    const visitor = new Visitor()
    expect((await visitor.get(url, '/stop')).setCookie).toHaveLength(1)
    expect((await visitor.get(url, '/read')).json()).toEqual({ a: 'kept' })
  })

  test('40. the handler throws: changes made before are in the cookie of the error response', async ({ site }) => {
    const { url } = await site.node(shop({ ...sessionPages, '/fail': failing }))
    const visitor = new Visitor()
    expect(await visitor.get(url, '/fail')).toMatchObject({ status: 400, setCookie: [expect.any(String)] })
    expect((await visitor.get(url, '/read')).json()).toEqual({ a: 'kept' })
  })

  test('47. a write after the headers have left throws; a commit before them is in the cookie', async ({ site }) => {
    let late: unknown
    const stream = async (ctx: PageContext) => {
      ctx.session.a = 1
      await ctx.scopes.session.commit()
      ctx.respond = false
      ctx.res.writeHead(200)
      try {
        ctx.session.b = 2
      } catch (error) {
        late = error
      }
      ctx.res.end('done')
    }
    const { url } = await site.node(shop({ ...sessionPages, '/stream': stream }))
    const visitor = new Visitor()
    expect((await visitor.get(url, '/stream')).setCookie).toHaveLength(1)
    expect(late).toMatchObject({ code: 'SCOPE_CLOSED' })
    expect((await visitor.get(url, '/read')).json()).toEqual({ a: 1 })
  })

  test('48. a redirect right after a write: the next request sees it on another node', async ({ site }) => {
    const go = (ctx: PageContext) => {
      ctx.session.a = 1
      ctx.redirect('/read')
    }
    const [a, b] = await site.pair(shop({ ...sessionPages, '/go': go }))
    const visitor = new Visitor()
    expect((await visitor.get(a.url, '/go')).status).toBe(302)
    expect((await visitor.get(b.url, '/read')).json()).toEqual({ a: 1 })
  })

  test('50. a partial cookie entry keeps the other defaults', async ({ site }) => {
    const cookie = { name: 'sid', sameSite: 'strict', persistent: true } as const
    const { url } = await site.node(shop(sessionPages), { session: { cookie } })
    const { setCookie } = await new Visitor().get(url, '/write?a=1')
    expect(setCookie[0]?.replace(/=[\w-]+/, '=...')).toBe('sid=...; Max-Age=1800; Path=/; HttpOnly; SameSite=Strict')
  })

  test('53. nothing is sealed anew on a response that the handler made public', async ({ site }) => {
    const asset = (ctx: PageContext) => {
      ctx.set('Cache-Control', 'public, max-age=60')
      return ctx.session.a
    }
    const { url } = await site.node(shop({ ...sessionPages, '/asset': asset }))
    const visitor = await visitorWith(url, 'a=1')
    site.skip(5 * minute)
    const { headers, setCookie } = await visitor.get(url, '/asset')
    expect(setCookie).toEqual([])
    expect(headers.get('cache-control')).toBe('public, max-age=60')
    expect((await visitor.get(url, '/read')).setCookie).toHaveLength(1)
  })

  test('97. a cross-site request that could not carry the cookie begins no record', async ({ site }) => {
    const { url } = await site.node(shop(sessionPages))
    const init = { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } }
    expect(await new Visitor().get(url, '/write?a=1', init)).toMatchObject({ status: 403, setCookie: [] })
  })
})

describe('keys', () => {
  test('that rotate log nobody out, and the new one seals what the old one opened at the next request', async ({
    site,
  }) => {
    const key = newKey()
    const before = await site.node(shop(sessionPages))
    const visitor = await visitorWith(before.url, 'a=1')
    const between = await site.node(shop(sessionPages), { cache: { keys: [key, site.key] } })
    const { json, setCookie } = await visitor.get(between.url, '/read')
    expect(json()).toEqual({ a: '1' })
    expect(setCookie).toHaveLength(1)
    expect((await visitor.get(between.url, '/read')).setCookie).toEqual([])
    const after = await site.node(shop(sessionPages), { cache: { keys: [key] } })
    expect((await visitor.get(after.url, '/read')).json()).toEqual({ a: '1' })
    expect((await (await visitorWith(before.url, 'a=1')).get(after.url, '/read')).json()).toEqual({})
  })

  test('are in no health and no message', async ({ site }) => {
    const { container } = await site.node(shop(sessionPages))
    const health = await container.health()
    expect(health.caches.browser).toEqual({
      status: 'up',
      latencyMs: 0,
      outages: 0,
      failures: 0,
      warnings: [],
      details: { keys: 1, cookies: 1, revocations: 'none' },
    })
    expect(health.status).toBe('ok')
    expect(JSON.stringify(health)).not.toContain(site.key)
    expect(() => container.cache('browser')).toThrow(/uses the driver cookie/)
  })
})

describe('what cannot work says so', () => {
  const calls: Record<string, Page> = {
    '/lock': ({ scopes }) => scopes.session.lock(() => {}),
    '/unchanged': ({ scopes }) => scopes.session.commit({ ifUnchanged: true }),
  }

  for (const [path, operation] of Object.entries({
    '/lock': 'lock()',
    '/unchanged': 'commit({ ifUnchanged: true })',
  })) {
    test(`of a handle: ${operation}`, async ({ site }) => {
      const errors: unknown[] = []
      const { url } = await site.node(
        shop({ ...sessionPages, ...calls }, { onError: (error) => void errors.push(error) }),
      )
      const visitor = await visitorWith(url, 'a=1')
      expect((await visitor.get(url, path)).status).toBe(500)
      expect(errors).toMatchObject([{ code: 'SCOPE_SEALED', details: { scope: 'session', operation } }])
    })
  }

  test('of a directory, and nothing is found or ended in silence', async ({ site }) => {
    const { app } = await site.node(shop(sessionPages))
    const { sessions } = app
    for (const [operation, call] of Object.entries({
      'find()': () => sessions.find({ principal: 'ada' }),
      'list()': () => sessions.list(),
      'count()': () => sessions.count(),
      'end()': () => sessions.end('id'),
      'open()': () => sessions.open('id', () => {}),
      'onEnd()': async () => sessions.onEnd('id', () => {}),
    }))
      await expect(call(), operation).rejects.toMatchObject({ code: 'SCOPE_SEALED', details: { operation } })
    const byPrincipal = sessions.end({ principal: 'ada' })
    await expect(byPrincipal).rejects.toMatchObject({ details: { operation: 'end()' } })
  })

  test('increment() and reload() work within their request', async ({ site }) => {
    const count = async ({ scopes, session }: PageContext) => {
      const sums = [await scopes.session.increment('n'), await scopes.session.increment('n', 5)]
      session.n = 100
      await scopes.session.reload()
      return [...sums, session.n]
    }
    const { url } = await site.node(shop({ '/count': count }))
    const visitor = new Visitor()
    expect((await visitor.get(url, '/count')).json()).toEqual([1, 6, 6])
    expect((await visitor.get(url, '/count')).json()).toEqual([7, 12, 12])
  })

  test('hitcount and lastvisit count the visits that a fresh cookie has noted', async ({ site }) => {
    const visit = ({ client }: PageContext) => {
      client.a ??= 1
      return [client.hitcount, client.lastvisit]
    }
    const { url } = await site.node(shop({ '/': visit }))
    const visitor = new Visitor()
    const start = site.clock.now()
    await visitor.get(url)
    for (const [n, hits] of [2, 3].entries()) {
      site.skip(minute)
      expect((await visitor.get(url)).json()).toEqual([hits, new Date(start + n * minute).toJSON()])
    }
  })
})
