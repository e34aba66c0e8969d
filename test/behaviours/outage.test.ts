import { describe, expect } from 'vitest'
import { recordEnds } from '../support/ends.js'
import { heard } from '../support/heard.js'
import { describeClustered, describeMemoryFirst } from '../support/matrix.js'
import { sessionPages, shop } from '../support/shop.js'
import { StoreLine } from '../support/store-line.js'
import type { Node, TestStore } from '../support/test-store.js'
import { Visitor, visitorWith } from '../support/visitor.js'

const minute = 60_000
const pages = { ...sessionPages, '/plain': () => 'hello' }

/** What a node that has never seen the visitor finds. */
const read = async (visitor: Visitor, { url }: Node) => (await visitor.get(url, '/read')).json()

/** As long as the store is away, the visitor comes once a minute, and changes something at last. */
async function stayThrough(store: TestStore, node: Node, visitor: Visitor, minutes: number, query = ''): Promise<void> {
  node.line.cut()
  for (let n = 0; n < minutes; n += 1) {
    store.skip(minute)
    expect((await visitor.get(node.url, '/read')).status).toBe(200)
  }
  if (query) await visitor.get(node.url, `/write?${query}`)
  node.line.restore()
}

describe('a store that is not there at the start', () => {
  const absent = () => {
    const line = new StoreLine()
    line.cutBeforeOpening()
    return line
  }

  // Only a store on the network is waited for, as the shared memory of these tests pretends to be.
  describeClustered(({ test }) => {
    test('is waited for, and until then its sessions get 503', async ({ store, skip }) => {
      if (store.driver === 'lmdb') return skip('is no store on the network')
      const there = await store.node(shop(pages))
      const visitor = await visitorWith(there.url, 'name=ada')
      const node = await store.node(shop(pages), { line: absent() })
      expect((await new Visitor().get(node.url, '/plain')).status).toBe(200)
      for (const path of ['/read', '/write?name=eve', '/rotate'])
        expect(await visitor.get(node.url, path), path).toMatchObject({ status: 503, setCookie: [] })
      expect((await node.container.health()).caches.store).toMatchObject({ status: 'down', outages: 1 })
      node.line.restore()
      while ((await node.container.health()).caches.store?.status !== 'up') await store.run(1_000)
      expect(await read(visitor, node)).toEqual({ name: 'ada' })
      expect((await node.container.health()).caches.store).toMatchObject({ status: 'up', outages: 1 })
    })
  })

  describeMemoryFirst(({ test }) => {
    test('is waited for, and what is begun meanwhile is stored when it is there', async ({ store, skip }) => {
      if (store.driver === 'lmdb') return skip('is no store on the network')
      const node = await store.node(shop(pages), { line: absent() })
      const visitor = await visitorWith(node.url, 'name=ada')
      expect(await read(visitor, node)).toEqual({ name: 'ada' })
      const { applications } = await node.container.health()
      expect(applications.shop?.session).toMatchObject({ storage: 'store', unsaved: 1 })
      node.line.restore()
      const unsaved = async () => (await node.container.health()).applications.shop?.session?.unsaved
      while ((await unsaved()) !== 0) await store.run(1_000)
      expect(await read(visitor, await store.node(shop(pages)))).toEqual({ name: 'ada' })
    })
  })
})

describeMemoryFirst(({ test }) => {
  const session = { timeout: '10m' } as const

  test('a session in use through an outage longer than its timeout goes on under a new id', async ({ store }) => {
    const { ends, handlers } = recordEnds()
    const [a, b] = await store.pair(shop(pages, handlers), { session })
    const visitor = await visitorWith(a.url, 'name=ada')
    const id = (await visitor.get(a.url, '/id')).json()
    const started = heard(a, 'session:start')
    await stayThrough(store, a, visitor, 15, 'late=1')
    await store.sweep()
    expect(ends).toEqual([{ session: { name: 'ada' }, reason: 'timeout', attempt: 1 }])
    const old = visitor.clone()
    const answer = await visitor.get(a.url, '/read')
    expect(answer.json()).toEqual({ name: 'ada', late: '1' })
    expect(answer.setCookie).toHaveLength(1)
    expect(started).toHaveLength(1)
    expect((await visitor.get(a.url, '/id')).json()).not.toBe(id)
    expect(await read(visitor, b)).toEqual({ name: 'ada', late: '1' })
    expect(await read(old, b)).toEqual({})
  })

  test('requests that come at once after such an outage find the same session', async ({ store }) => {
    const [a, b] = await store.pair(shop(pages), { session })
    const visitor = await visitorWith(a.url, 'name=ada')
    await stayThrough(store, a, visitor, 15)
    await store.sweep()
    const tabs = Array.from({ length: 5 }, () => visitor.clone())
    const ids = await Promise.all(tabs.map(async (tab) => (await tab.get(a.url, '/id')).json()))
    expect(new Set(ids).size).toBe(1)
    const late = visitor.clone()
    expect((await late.get(a.url, '/id')).json()).toBe(ids[0])
    expect(new Set([...tabs, late].map((tab) => tab.cookies.get('shop_sid'))).size).toBe(1)
    expect(await b.app.sessions.count()).toBe(1)
  })

  test('a session that nobody used through an outage is not created anew', async ({ store }) => {
    const [a, b] = await store.pair(shop(pages), { session })
    const visitor = await visitorWith(a.url, 'name=ada')
    await stayThrough(store, a, visitor, 15, 'late=1')
    await store.run(2 * minute)
    expect(await b.app.sessions.count()).toBe(0)
    store.skip(11 * minute)
    expect(await read(visitor, a)).toEqual({})
  })

  test("somebody's session is lost in such an outage, and an event tells", async ({ store }) => {
    const { url, app, line } = await store.node(shop(pages), { session })
    const lost = heard({ app } as Node, 'scope:lost')
    const [writer, reader] = [await visitorWith(url, 'name=ada'), await visitorWith(url, 'name=bob')]
    for (const visitor of [writer, reader]) await visitor.get(url, '/login?as=somebody')
    line.cut()
    for (let n = 0; n < 15; n += 1) {
      store.skip(minute)
      for (const visitor of [writer, reader]) await visitor.get(url, '/read')
    }
    await writer.get(url, '/write?late=1')
    line.restore()
    expect(lost).toEqual([])
    for (const visitor of [writer, reader]) {
      const answer = await visitor.get(url, '/read')
      expect(answer.json()).toEqual({})
      expect(answer.setCookie).toEqual([])
    }
    expect(lost).toHaveLength(2)
  })

  describe.each([true, false])('a backup whose answer is lost (carried out: %s)', (applies) => {
    test('is in the store when that answers again', async ({ store }) => {
      const [a, b] = await store.pair(shop(pages))
      const visitor = await visitorWith(a.url, 'name=ada')
      a.line.loseAnswer({ applies })
      expect((await visitor.get(a.url, '/write?name=lovelace')).status).toBe(200)
      await store.run(minute)
      expect(await read(visitor, b)).toEqual({ name: 'lovelace' })
    })

    test('gives way to what another node has written since, and only there', async ({ store }) => {
      const [a, b] = await store.pair(shop(pages))
      const visitor = await visitorWith(a.url, 'name=ada&cart=0')
      await read(visitor, b)
      a.line.loseAnswer({ applies, meanwhile: () => visitor.get(b.url, '/write?cart=2') })
      await visitor.get(a.url, '/write?name=lovelace&cart=1')
      await store.run(minute)
      expect(await read(visitor, await store.node(shop(pages)))).toEqual({ name: 'lovelace', cart: '2' })
    })
  })
})
