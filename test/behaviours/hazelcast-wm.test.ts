import { describe, expect } from 'vitest'
import { recordEnds } from '../support/ends.js'
import { Gate } from '../support/gate.js'
import { describeOnHazelcast } from '../support/matrix.js'
import { type Page, sessionPages, shop } from '../support/shop.js'
import type { Node } from '../support/test-store.js'
import { Visitor, visitorWith } from '../support/visitor.js'

const minute = 60_000

const pages = {
  ...sessionPages,
  '/new': ({ scopes, session }) => {
    session.visits = (session.visits ?? 0) + 1
    return scopes.session.isNew
  },
  '/several': ({ session }) => {
    session.cart = 'one'
    session.cart = 'two'
    session.name = 'grace'
    delete session.old
  },
  '/again': async ({ scopes, session }) => {
    await scopes.session.invalidate()
    session.second = '2'
  },
  '/post': async ({ req, session }) => {
    session.visits = 1
    let text = ''
    for await (const chunk of req) text += chunk
    session.form = text
  },
} satisfies Record<string, Page>

const read = async (visitor: Visitor, { url }: Node) => (await visitor.get(url, '/read')).json()
const idOf = async (visitor: Visitor, { url }: Node) => (await visitor.get(url, '/id')).json()

describe('what hazelcast-wm tests, sticky and non-sticky', () => {
  describeOnHazelcast(({ cluster, learns, test }) => {
    /** The node learns of it at once if it asks the store, else from a notice, or after this time. */
    const slack = cluster || learns === 'from a notice' ? 0 : minute
    async function sees<T>(ask: () => Promise<T>, expected: T): Promise<void> {
      if (cluster) expect(await ask()).toEqual(expected)
      else await expect.poll(ask, { interval: 5 }).toEqual(expected)
    }

    test('122. a session goes on at another node when its node has stopped, and at its node when that is back', async ({
      store,
    }) => {
      const [a, b] = await store.pair(shop(pages))
      const visitor = await visitorWith(a.url, 'name=ada')
      await a.stop()
      expect(await read(visitor, b)).toEqual({ name: 'ada' })
      await visitor.get(b.url, '/write?city=london')
      const back = await store.node(shop(pages))
      expect(await read(visitor, back)).toEqual({ name: 'ada', city: 'london' })
      await visitor.get(back.url, '/write?city=paris')
      store.skip(slack)
      await sees(() => read(visitor, b), { name: 'ada', city: 'paris' })
    })

    test('123. a session is new once, on whichever node, and keeps its id when all nodes have stopped', async ({
      store,
    }) => {
      const [a, b] = await store.pair(shop(pages))
      const visitor = new Visitor()
      const isNew = async ({ url }: Node) => (await visitor.get(url, '/new')).json()
      expect([await isNew(a), await isNew(a), await isNew(b)]).toEqual([true, false, false])
      const id = await idOf(visitor, a)
      await Promise.all([a.stop(), b.stop()])
      for (const node of await store.pair(shop(pages))) {
        expect(await idOf(visitor, node)).toBe(id)
        expect(await isNew(node)).toBe(false)
      }
    })

    test('124. the changes of one request are one write, at its end, with the last values', async ({ store }) => {
      const [a, b] = await store.pair(shop(pages))
      const visitor = await visitorWith(a.url, 'old=1&name=ada')
      a.traffic.clear()
      await visitor.get(a.url, '/several')
      expect(a.traffic.saves).toHaveLength(1)
      expect([...(a.traffic.saves[0]?.set?.keys() ?? [])].sort()).toEqual(['cart', 'name'])
      expect(await read(visitor, b)).toEqual({ name: 'grace', cart: 'two' })
    })

    test('125. a request that reads keeps nothing of a request that writes meanwhile from being saved', async ({
      store,
    }) => {
      const gate = new Gate()
      const slowly: Page = async ({ session }) => {
        session.key = 'value'
        await gate.pass()
      }
      const [a, b] = await store.pair(shop({ ...pages, '/slowly': slowly }))
      const visitor = await visitorWith(a.url, 'name=ada')
      const writing = visitor.clone().get(a.url, '/slowly')
      await gate.reached
      for (const { url } of [a, b]) expect((await visitor.get(url, '/read')).status).toBe(200)
      gate.open()
      await writing
      store.skip(slack)
      for (const node of [a, b]) await sees(() => read(visitor, node), { name: 'ada', key: 'value' })
    })

    test('126. an attribute removed on one node is gone on the other, which has seen it, and can be set again', async ({
      store,
    }) => {
      const [a, b] = await store.pair(shop(pages))
      const visitor = await visitorWith(a.url, 'name=ada&key=value')
      expect(await read(visitor, b)).toEqual({ name: 'ada', key: 'value' })
      await visitor.get(b.url, '/remove?key')
      store.skip(slack)
      await sees(() => read(visitor, a), { name: 'ada' })
      await visitor.get(a.url, '/write?key=again')
      store.skip(slack)
      await sees(() => read(visitor, b), { name: 'ada', key: 'again' })
    })

    test('127. a session that its visitor only reads on one node is alive for the others', async ({ store }) => {
      const [a, b] = await store.pair(shop(pages), { session: { timeout: '10m' } })
      const visitor = await visitorWith(a.url, 'name=ada')
      for (let passed = 0; passed < 30; passed += 5) {
        store.skip(5 * minute)
        expect(await read(visitor, a)).toEqual({ name: 'ada' })
        await a.traffic.settled()
      }
      a.line.cut()
      expect(await read(visitor, b)).toEqual({ name: 'ada' })
    })

    test('128. a session used on two nodes expires once, and nothing of it is left', async ({ store }) => {
      const { ends, handlers } = recordEnds()
      const [a, b] = await store.pair(shop(pages, handlers), { session: { timeout: '10m' } })
      const visitor = await visitorWith(a.url, 'name=ada')
      const id = await idOf(visitor, b)
      store.skip(12 * minute)
      await store.sweep()
      expect(ends).toEqual([{ session: { name: 'ada' }, reason: 'timeout', attempt: 1 }])
      const now = store.clock.now()
      await store.records(async (space) => {
        expect(await space.load(id, { now })).toEqual({ status: 'missing' })
        expect(await space.claimExpired({ now: now + minute, limit: 10, leaseMs: 1_000 })).toEqual([])
      })
      for (const node of [a, b]) expect(await read(visitor, node)).toEqual({})
    })

    test('129. a request that ends its session and writes again leaves the new session alone, with another id', async ({
      store,
    }) => {
      const [a, b] = await store.pair(shop(pages))
      const visitor = await visitorWith(a.url, 'first=1')
      const before = visitor.clone()
      const id = await idOf(visitor, b)
      await visitor.get(b.url, '/again')
      for (const node of [a, b]) expect(await read(visitor, node)).toEqual({ second: '2' })
      expect(await idOf(visitor, a)).not.toBe(id)
      store.skip(slack)
      for (const node of [a, b]) await sees(() => read(before, node), {})
      expect(await a.app.sessions.count()).toBe(1)
    })

    test('130. a node that held a session before its login on another node does not serve what it held', async ({
      store,
    }) => {
      const [a, b] = await store.pair(shop(pages))
      const visitor = await visitorWith(a.url, 'name=guest')
      await read(visitor, b)
      const before = visitor.clone()
      await visitor.get(a.url, '/login?as=ada')
      await visitor.get(a.url, '/write?name=ada')
      store.skip(slack)
      await sees(async () => (await visitor.get(b.url, '/principal')).json(), 'ada')
      await sees(() => read(visitor, b), { name: 'ada' })
      for (const node of [a, b]) await sees(() => read(before, node), {})
    })

    test('131. a credential in a query, a header or a form opens nothing', async ({ store }) => {
      const node = await store.node(shop(pages))
      const { cookies } = await visitorWith(node.url, 'name=ada')
      const [[name, value] = ['', '']] = cookies
      const stranger = new Visitor()
      const asked = [
        await stranger.get(node.url, `/read?${name}=${value}&sessionId=${value}`),
        await stranger.get(node.url, `/read;${name}=${value}`),
        await stranger.get(node.url, '/read', { headers: { [name.replace('_', '-')]: value, authorization: value } }),
        await stranger.get(node.url, '/read', { method: 'POST', body: new URLSearchParams([[name, value]]) }),
      ]
      for (const { text, setCookie } of asked) expect([text.replace('Not Found', '{}'), setCookie]).toEqual(['{}', []])
    })

    test('132. the body of a request is whole for the handler that reads it after the session', async ({ store }) => {
      const node = await store.node(shop(pages))
      const visitor = new Visitor()
      const form = new URLSearchParams({ email: 'ada@example.com', text: 'x'.repeat(100_000) })
      await visitor.get(node.url, '/post', { method: 'POST', body: form })
      expect(await read(visitor, node)).toEqual({ visits: 1, form: `${form}` })
    })
  })
})
