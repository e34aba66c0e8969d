import { describe, expect, vi } from 'vitest'
import { recordEnds } from '../support/ends.js'
import { Gate } from '../support/gate.js'
import { heard } from '../support/heard.js'
import { describeEverywhere, describeMemoryFirst } from '../support/matrix.js'
import { type PageContext, sessionPages, shop } from '../support/shop.js'
import { Visitor, visitorWith } from '../support/visitor.js'

const minute = 60_000

const pages = {
  ...sessionPages,
  '/client': ({ client }: PageContext) => ({ ...client }),
  '/remember': ({ client, query }: PageContext) => void Object.assign(client, query),
}

describe('invalidate()', () => {
  describeEverywhere.andServers(({ test }) => {
    test('30. ends the session on every node, once, and keeps the client', async ({ store }) => {
      const { ends, handlers } = recordEnds()
      const nodes = await store.pair(shop(pages, handlers))
      const [a, b] = nodes
      const visitor = await visitorWith(a.url, 'name=ada')
      await visitor.get(a.url, '/remember?colour=blue')
      await visitor.get(b.url, '/read')
      const before = visitor.clone()
      const told = heard(a, 'session:end')
      const id = (await visitor.get(a.url, '/id')).json()

      const { setCookie } = await visitor.get(a.url, '/end')
      expect(setCookie).toEqual([expect.stringMatching(/^shop_sid=; Max-Age=0; Path=\/; Expires=Thu, 01 Jan 1970/)])
      expect([...visitor.cookies.keys()]).toEqual(['shop_cid'])
      expect((await visitor.get(b.url, '/client')).json()).toEqual({ colour: 'blue' })
      expect((await before.clone().get(a.url, '/read')).text).toBe('{}')

      store.skip(minute)
      for (const { app, url } of nodes) {
        expect((await before.clone().get(url, '/read')).text).toBe('{}')
        expect((await app.sessions.list()).items).toEqual([])
      }
      await store.sweep()
      expect(ends).toEqual([{ session: { name: 'ada' }, reason: 'invalidated', attempt: 1 }])
      expect(told).toEqual([{ scope: 'session', id, reason: 'invalidated', attempt: 1 }])
    })

    test('30. onSessionEnd sees what the request had changed before', async ({ store }) => {
      const { ends, handlers } = recordEnds()
      const endAfterWriting = async ({ scopes, session }: PageContext) => {
        session.name = 'lovelace'
        await scopes.session.invalidate()
      }
      const { url } = await store.node(shop({ ...pages, '/goodbye': endAfterWriting }, handlers))
      const visitor = await visitorWith(url, 'name=ada')
      await visitor.get(url, '/goodbye')
      await store.sweep()
      expect(ends).toMatchObject([{ session: { name: 'lovelace' } }])
    })

    test('30. a write after it begins another session with another id and secret', async ({ store }) => {
      const startOver = async ({ scopes, session }: PageContext) => {
        await scopes.session.invalidate()
        expect({ ...session }).toEqual({})
        session.name = 'byron'
      }
      const { url } = await store.node(shop({ ...pages, '/over': startOver }))
      const visitor = await visitorWith(url, 'name=ada')
      const [id, secret] = visitor.cookies.get('shop_sid')?.split('.') ?? []
      const { setCookie } = await visitor.get(url, '/over')
      expect(setCookie).toHaveLength(1)
      expect(visitor.cookies.get('shop_sid')).not.toMatch(new RegExp(`${id}|${secret}`))
      expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'byron' })
    })

    test('30. costs a visitor without a session nothing, and takes back one that the request began', async ({
      store,
    }) => {
      const beginAndEnd = async ({ scopes, session }: PageContext) => {
        session.name = 'ada'
        await scopes.session.invalidate()
      }
      const node = await store.node(shop({ ...pages, '/nothing': beginAndEnd }))
      for (const path of ['/end', '/nothing'])
        expect(await new Visitor().get(node.url, path)).toMatchObject({ status: 200, setCookie: [] })
      expect(node.traffic.operations).toEqual([])
    })

    for (const where of ['the same node', 'another node']) {
      test(`31. a slow request on ${where} that saves after it brings nothing back`, async ({ store }) => {
        const gate = new Gate()
        const slow = async ({ session }: PageContext) => {
          await gate.pass()
          session.late = true
        }
        const { ends, handlers } = recordEnds()
        const nodes = await store.pair(shop({ ...pages, '/slow': slow }, handlers))
        const [a, b] = nodes
        const slowNode = where === 'another node' ? b : a
        const visitor = await visitorWith(a.url, 'name=ada')
        const before = visitor.clone()
        const id = (await visitor.get(a.url, '/id')).json()
        const lost = heard(slowNode, 'scope:lost')
        const slowRequest = before.clone().get(slowNode.url, '/slow')
        await gate.reached
        await visitor.get(a.url, '/end')
        gate.open()

        expect(await slowRequest).toMatchObject({ status: 200, setCookie: [] })
        expect(lost).toEqual([{ scope: 'session', id }])
        for (const { url } of nodes) expect((await before.clone().get(url, '/read')).text).toBe('{}')
        await store.sweep()
        expect(await a.app.sessions.count()).toBe(0)
        expect(ends).toEqual([{ session: { name: 'ada' }, reason: 'invalidated', attempt: 1 }])
      })

      test(`31. a slow request on ${where} learns of it from commit(), rotate(), reload() and lock()`, async ({
        store,
      }) => {
        const gates = new Map(['commit', 'rotate', 'reload', 'lock'].map((act) => [act, new Gate()]))
        const acts: Record<string, (ctx: PageContext) => unknown> = {
          commit: ({ scopes }) => scopes.session.commit(),
          rotate: ({ scopes }) => scopes.session.rotate(),
          reload: ({ scopes }) => scopes.session.reload(),
          lock: ({ scopes }) => scopes.session.lock(() => {}),
        }
        const slow = async (ctx: PageContext) => {
          const act = String(ctx.query.act)
          ctx.session.late = true
          await gates.get(act)?.pass()
          await acts[act]?.(ctx)
        }
        const [a, b] = await store.pair(shop({ ...pages, '/slow': slow }))
        const slowNode = where === 'another node' ? b : a
        const visitor = await visitorWith(a.url, 'name=ada')
        const requests = [...gates.keys()].map((act) => visitor.clone().get(slowNode.url, `/slow?act=${act}`))
        await Promise.all([...gates.values()].map((gate) => gate.reached))
        await visitor.get(a.url, '/end')
        for (const gate of gates.values()) gate.open()
        for (const request of requests) expect(await request).toMatchObject({ status: 409, setCookie: [] })
        expect((await a.app.sessions.list()).items).toEqual([])
      })
    }

    test('31. a request that only reads goes on with what it has', async ({ store }) => {
      const gate = new Gate()
      const slow = async ({ session }: PageContext) => {
        const { name } = session
        await gate.pass()
        return name
      }
      const { app, url } = await store.node(shop({ ...pages, '/slow': slow }))
      const visitor = await visitorWith(url, 'name=ada')
      const request = visitor.clone().get(url, '/slow')
      await gate.reached
      await visitor.get(url, '/end')
      gate.open()
      expect(await request).toMatchObject({ status: 200, text: '"ada"', setCookie: [] })
      await vi.waitFor(async () => expect(await app.sessions.count()).toBe(0))
    })
  })
})

describe('end() of a directory with backup: behind', () => {
  describeMemoryFirst.andServers(({ test }) => {
    const behind = { session: { backup: 'behind' } } as const

    test('31. ends sessions that have just begun', async ({ store }) => {
      const { app, url } = await store.node(shop(pages), behind)
      const visitors = await Promise.all(['ada', 'bob', 'cleo'].map((name) => visitorWith(url, `name=${name}`)))
      const ids = await Promise.all(visitors.map(async (visitor) => (await visitor.get(url, '/id')).json()))
      expect(await Promise.all(ids.map((id) => app.sessions.end(id)))).toEqual([1, 1, 1])
      for (const visitor of visitors) expect((await visitor.get(url, '/read')).json()).toEqual({})
      expect(await app.sessions.count()).toBe(0)
    })

    test('31. comes after what the node has answered, as list() and count() do', async ({ store }) => {
      const { app, url } = await store.node(shop(pages), behind)
      const begin = async (...names: string[]) =>
        void (await Promise.all(names.map((name) => visitorWith(url, `name=${name}`))))
      await begin('ada', 'bob', 'cleo')
      expect(await app.sessions.count()).toBe(3)
      await begin('dora', 'emil', 'fritz')
      expect((await app.sessions.list()).items).toHaveLength(6)
    })

    test('31. tells the end handler what their last requests have changed', async ({ store }) => {
      const { ends, handlers } = recordEnds()
      const { app, url } = await store.node(shop(pages, handlers), behind)
      const lost: unknown[] = []
      app.on('scope:lost', (event) => void lost.push(event))
      const visitor = await visitorWith(url, 'name=ada')
      const id = (await visitor.get(url, '/id')).json()
      await visitor.get(url, '/write?name=lovelace')
      await visitor.get(url, '/write?cart=book')
      expect(await app.sessions.end(id)).toBe(1)
      await store.sweep()
      expect(ends).toMatchObject([{ session: { name: 'lovelace', cart: 'book' }, reason: 'ended' }])
      expect(lost).toEqual([])
    })
  })
})
