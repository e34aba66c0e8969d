import { randomUUID } from 'node:crypto'
import { afterAll, test as base, describe, expect } from 'vitest'
import { redis } from '../../src/drivers/redis/index.js'
import { Gate } from '../support/gate.js'
import { anyRedis } from '../support/redis-server.js'
import { newKey, SealedSite } from '../support/sealed-site.js'
import { sharedMemory } from '../support/shared-memory.js'
import { type PageContext, sessionPages, shop } from '../support/shop.js'
import { StoreLine } from '../support/store-line.js'
import { timeless } from '../support/timeless.js'
import { Visitor, visitorWith } from '../support/visitor.js'

const minute = 60_000
const hour = 60 * minute
const nothingSaid = { status: 200, setCookie: [] }

const server = await anyRedis()
afterAll(() => server.stop())

const stores = {
  memory: () => ({ driver: sharedMemory(), options: {} }),
  redis: () => ({ driver: timeless(redis), options: { url: server.url, prefix: `test-${randomUUID()}:` } }),
}

/** A site whose nodes revoke in one cache that they share, each over a line of its own. */
class RevokingSite extends SealedSite {
  readonly #store: ReturnType<(typeof stores)[keyof typeof stores]>

  constructor(store: keyof typeof stores) {
    super()
    this.#store = stores[store]()
  }

  async revoking(application: Parameters<SealedSite['node']>[0], session = {}) {
    const line = new StoreLine()
    const { driver, options } = this.#store
    const node = await this.node(application, {
      session,
      cache: { revocations: 'shared' },
      caches: { shared: { driver: driver.name, ...options } } as never,
      options: { drivers: [line.to(driver)] },
    })
    return { ...node, line }
  }

  async revokingPair(application: Parameters<SealedSite['node']>[0], session = {}) {
    return [await this.revoking(application, session), await this.revoking(application, session)] as const
  }
}

describe.each(['memory', 'redis'] as const)('revocations in %s', (store) => {
  const test = base.extend<{ site: RevokingSite }>({
    // biome-ignore lint/correctness/noEmptyPattern: Vitest wants a pattern
    site: async ({}, use) => {
      const site = new RevokingSite(store)
      await use(site)
      await site.close()
    },
  })

  test('27. after rotate() or login() the old cookie is dead on every node, at once and later', async ({ site }) => {
    const nodes = await site.revokingPair(shop(sessionPages))
    for (const path of ['/rotate', '/login?as=ada']) {
      const visitor = await visitorWith(nodes[0].url, 'name=ada')
      const before = visitor.clone()
      await visitor.get(nodes[0].url, path)
      for (const { url } of nodes) expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada' })
      for (const { url } of nodes) expect(await before.get(url, '/read')).toMatchObject({ ...nothingSaid, text: '{}' })
      site.skip(2 * minute)
      for (const { url } of nodes) expect((await before.clone().get(url, '/read')).json()).toEqual({})
    }
  })

  test('28. a slow request that began before a login gets 409 for what it writes, and the login stands', async ({
    site,
  }) => {
    const gate = new Gate()
    const slow = async ({ session }: PageContext) => {
      await gate.pass()
      session.slow = true
    }
    const [a, b] = await site.revokingPair(shop({ ...sessionPages, '/slow': slow }))
    const visitor = await visitorWith(a.url, 'name=ada')
    const slowRequest = visitor.clone().get(b.url, '/slow')
    await gate.reached
    await visitor.get(a.url, '/login?as=ada')
    gate.open()
    expect(await slowRequest).toMatchObject({ status: 409, setCookie: [] })
    expect((await visitor.get(b.url, '/principal')).json()).toBe('ada')
  })

  test('29b. a poll with the old cookie reads nothing, cannot write, and leaves the new cookie alone', async ({
    site,
  }) => {
    const [a, b] = await site.revokingPair(shop(sessionPages))
    const visitor = await visitorWith(a.url, 'name=ada')
    const before = visitor.clone()
    await visitor.get(a.url, '/login?as=ada')
    for (const { url } of [a, b])
      for (const path of ['/write?name=eve', '/rotate', '/login?as=eve', '/end'])
        expect(await before.get(url, path), path).toMatchObject({ status: 409, setCookie: [] })
    site.skip(minute)
    expect(await before.get(b.url, '/write?name=eve')).toMatchObject({ status: 200 })
    expect((await before.get(b.url, '/read')).json()).toEqual({ name: 'eve' })
    expect((await visitor.get(b.url, '/read')).json()).toEqual({ name: 'ada' })
  })

  test('29b. a poll that began before the login and is due for a fresh cookie gets none', async ({ site }) => {
    const gate = new Gate()
    const poll = async ({ session }: PageContext) => {
      await gate.pass()
      return session.name
    }
    const [a, b] = await site.revokingPair(shop({ ...sessionPages, '/poll': poll }))
    const visitor = await visitorWith(a.url, 'name=ada')
    site.skip(5 * minute)
    const polling = visitor.clone().get(b.url, '/poll')
    await gate.reached
    await visitor.get(a.url, '/login?as=ada')
    gate.open()
    expect(await polling).toMatchObject({ ...nothingSaid, text: '"ada"' })
  })

  test('30. a logout on one node is a logout on the other, for every copy of the cookie, until it has expired', async ({
    site,
  }) => {
    const [a, b] = await site.revokingPair(shop(sessionPages))
    const visitor = await visitorWith(a.url, 'name=ada')
    const copy = visitor.clone()
    site.skip(5 * minute)
    await visitor.get(b.url, '/read')
    const fresh = visitor.clone()
    expect((await visitor.get(a.url, '/end')).setCookie).toEqual([expect.stringMatching(/^shop_sid=; Max-Age=0/)])
    for (let n = 0; n < 3; n += 1) {
      for (const { url } of [a, b])
        for (const who of [copy, fresh])
          expect(await who.get(url, '/read'), `${n}`).toMatchObject({ ...nothingSaid, text: '{}' })
      site.skip(9 * minute)
    }
  })

  test('31. invalidate() while a slow request of that session saves on another node: it stays ended', async ({
    site,
  }) => {
    const gate = new Gate()
    const slow = async ({ session }: PageContext) => {
      session.slow = true
      await gate.pass()
    }
    const [a, b] = await site.revokingPair(shop({ ...sessionPages, '/slow': slow }))
    const lost: unknown[] = []
    b.app.events.on('scope:lost', ({ id }) => lost.push(id))
    const visitor = await visitorWith(a.url, 'name=ada')
    const id = (await visitor.get(a.url, '/id')).json()
    const slowRequest = visitor.clone().get(b.url, '/slow')
    await gate.reached
    await visitor.get(a.url, '/end')
    gate.open()
    expect(await slowRequest).toMatchObject(nothingSaid)
    expect(lost).toEqual([id])
  })

  test('a revocation lasts as long as any cookie of the record, also one from before its timeout was shortened', async ({
    site,
  }) => {
    const set = ({ query, scopes }: PageContext) => {
      scopes.session.timeout = query.timeout as '1h'
    }
    const { url } = await site.revoking(shop({ ...sessionPages, '/set': set }), { timeout: '10h' })
    const copies: Visitor[] = []
    for (const timeouts of [[], ['1m'], ['1h', '10h'], ['5h', '1m']]) {
      const visitor = await visitorWith(url, 'name=ada')
      copies.push(visitor.clone())
      for (const timeout of timeouts) {
        await visitor.get(url, `/set?timeout=${timeout}`)
        copies.push(visitor.clone())
      }
      await visitor.get(url, '/end')
    }
    for (let n = 0; n < 13; n += 1) {
      for (const copy of copies) expect((await copy.get(url, '/read')).json()).toEqual({})
      site.skip(hour)
    }
  })

  test('30. a logout with one copy is one for a copy that has got another life meanwhile, for good', async ({
    site,
  }) => {
    const set = ({ query, scopes }: PageContext) => {
      if (query.timeout) scopes.session.timeout = query.timeout as '1h'
      if (query.lifetime) scopes.session.lifetime = query.lifetime as '1h'
    }
    const { url } = await site.revoking(shop({ ...sessionPages, '/set': set }), { timeout: '30m', lifetime: '3h' })
    for (const life of ['timeout=30d', 'lifetime=30d', 'timeout=5m']) {
      for (const goodbye of ['/end', '/rotate']) {
        const visitor = await visitorWith(url, 'name=ada')
        const thief = visitor.clone()
        const isShorter = life === 'timeout=5m'
        expect((await thief.get(url, `/set?${life}`)).status, life).toBe(isShorter ? 200 : 500)
        await visitor.get(url, isShorter ? '/read' : `/set?timeout=5m`)
        const other = visitor.clone()
        await visitor.get(url, goodbye)
        for (let n = 0; n < 8; n += 1) {
          for (const copy of [thief, other])
            expect((await copy.get(url, '/read')).text, `${life} ${goodbye}`).toBe('{}')
          site.skip(n < 4 ? 4 * minute : hour)
        }
      }
    }
  })

  test('a record may begin with a longer life than the configured one, and a logout lasts as long', async ({
    site,
  }) => {
    const begin = ({ scopes, session }: PageContext) => {
      session.name = 'ada'
      scopes.session.timeout = '9h'
    }
    const short = ({ scopes }: PageContext) => {
      scopes.session.timeout = '1m'
    }
    const { url } = await site.revoking(shop({ ...sessionPages, '/begin': begin, '/short': short }), { timeout: '30m' })
    const visitor = new Visitor()
    expect((await visitor.get(url, '/begin')).status).toBe(200)
    const copy = visitor.clone()
    await visitor.get(url, '/short')
    await visitor.get(url, '/end')
    for (let n = 0; n < 10; n += 1) {
      expect((await copy.get(url, '/read')).text).toBe('{}')
      site.skip(hour)
    }
  })

  test('44. without the cache a page that needs the scope gets 503, and others are served', async ({ site }) => {
    const { line, url } = await site.revoking(shop({ ...sessionPages, '/plain': () => 'hello' }))
    const visitor = await visitorWith(url, 'name=ada')
    line.cut()
    expect((await visitor.get(url, '/plain')).status).toBe(200)
    for (const path of ['/read', '/write?a=1', '/end', '/rotate']) {
      const { headers, setCookie, status } = await visitor.get(url, path)
      expect({ status, setCookie }, path).toEqual({ status: 503, setCookie: [] })
      expect(headers.get('retry-after')).toBe('5')
    }
    line.restore()
    site.skip(2_000)
    expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada' })
  })

  test('1. a request without a cookie, or with one that does not open, asks for nothing', async ({ site }) => {
    const { line, url } = await site.revoking(shop(sessionPages))
    line.cut()
    expect(await new Visitor().get(url, '/read')).toMatchObject(nothingSaid)
    const stranger = await visitorWith(
      (await site.node(shop(sessionPages), { cache: { keys: [newKey()] } })).url,
      'a=1',
    )
    expect(await stranger.get(url, '/read')).toMatchObject(nothingSaid)
    expect((await new Visitor().get(url, '/write?a=1')).setCookie).toHaveLength(1)
  })

  test('the objects of the application can be cleared without bringing a session back', async ({ site }) => {
    const { container, url } = await site.revoking(shop(sessionPages))
    const visitor = await visitorWith(url, 'name=ada')
    const copy = visitor.clone()
    await visitor.get(url, '/end')
    await container.cache('shared').clear()
    expect((await copy.get(url, '/read')).json()).toEqual({})
  })
})
