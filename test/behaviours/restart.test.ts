import { describe, expect } from 'vitest'
import { LogLines } from '../support/log-lines.js'
import { describeEverywhere, describeMemoryFirst } from '../support/matrix.js'
import { type Page, sessionPages, shop } from '../support/shop.js'
import { visitorWith } from '../support/visitor.js'

const minute = 60_000

const pages = {
  ...sessionPages,
  '/fill': ({ session }) => {
    session.cart = { items: [] }
  },
  '/add': ({ session }) => session.cart.items.push('book'),
} satisfies Record<string, Page>

describe('a memory-first session', () => {
  describeMemoryFirst.andServers(({ learns, test }) => {
    test(`25. is served from this node’s memory until the node learns, ${learns}, what another one has stored`, async ({
      store,
    }) => {
      const [a, b] = await store.pair(shop(pages))
      const visitor = await visitorWith(a.url, 'name=ada')
      a.traffic.clear()
      await visitor.get(b.url, '/write?name=lovelace')
      const read = async () => (await visitor.get(a.url, '/read')).json()
      if (learns === 'at its next touch') {
        store.skip(minute - 1)
        expect(await read()).toEqual({ name: 'ada' })
        expect(a.traffic.operations).toEqual([])
        store.skip(1)
      }
      await expect.poll(read, { interval: 5 }).toEqual({ name: 'lovelace' })
      expect(new Set(a.traffic.operations)).toEqual(new Set(['load']))
    })

    test('25. is loaded from the store after a restart', async ({ store }) => {
      const first = await store.node(shop(pages))
      const visitor = await visitorWith(first.url, 'name=ada')
      await first.stop()
      const second = await store.node(shop(pages))
      expect((await visitor.get(second.url, '/read')).json()).toEqual({ name: 'ada' })
      expect(second.traffic.operations).toEqual(['load'])
    })

    test('26. a nested change of the second request is in the store when its response has arrived', async ({
      store,
    }) => {
      const first = await store.node(shop(pages))
      const visitor = await visitorWith(first.url, 'name=ada')
      await visitor.get(first.url, '/fill')
      await visitor.get(first.url, '/add')
      first.line.cut()
      const second = await store.node(shop(pages))
      expect((await visitor.get(second.url, '/read')).json()).toEqual({ name: 'ada', cart: { items: ['book'] } })
    })

    test('49. with backup: behind does not keep a response waiting, and is stored before the container has closed', async ({
      store,
    }) => {
      const first = await store.node(shop(pages), { session: { backup: 'behind' } })
      const visitor = await visitorWith(first.url, 'name=ada')
      await visitor.get(first.url, '/fill')
      const save = first.line.hold('save')
      await visitor.get(first.url, '/add')
      await store.until(save.reached)
      expect((await visitor.get(first.url, '/read')).json().cart.items).toEqual(['book'])
      let isClosed = false
      const closing = first.container.close().then(() => {
        isClosed = true
      })
      await fetch(`${first.url}/nothing`)
      expect(isClosed).toBe(false)
      save.open()
      await closing
      const second = await store.node(shop(pages))
      expect((await visitor.get(second.url, '/read')).json()).toEqual({ name: 'ada', cart: { items: ['book'] } })
    })

    test('that is on its way to the store is not evicted for want of room', async ({ store }) => {
      const { line, traffic, url } = await store.node(shop(pages), { session: { backup: 'behind', memory: '8kb' } })
      const visitor = await visitorWith(url, 'name=ada')
      const save = line.hold('save')
      await visitor.get(url, '/fill')
      await store.until(save.reached)
      for (let count = 0; count < 5; count += 1) await visitorWith(url, 'name=grace')
      traffic.clear()
      expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada', cart: { items: [] } })
      expect(traffic.loads).toEqual([])
      expect(traffic.looks).toEqual(learns === 'at its next request' ? [true] : [])
      save.open()
    })

    test('49. written while the store was away is stored before the container has closed', async ({ store }) => {
      const first = await store.node(shop(pages))
      const known = await visitorWith(first.url, 'name=ada')
      first.line.cut()
      await known.get(first.url, '/fill')
      const begun = await visitorWith(first.url, 'name=grace')
      first.line.restore()
      await first.container.close()
      const second = await store.node(shop(pages))
      expect((await known.get(second.url, '/read')).json()).toEqual({ name: 'ada', cart: { items: [] } })
      expect((await begun.get(second.url, '/read')).json()).toEqual({ name: 'grace' })
    })

    test('49. that cannot be stored does not keep the container from closing, which says what was lost', async ({
      store,
    }) => {
      const { all, logger } = new LogLines()
      const { container, line, url } = await store.node(shop(pages), { logger })
      const visitor = await visitorWith(url, 'name=ada')
      line.cut()
      await visitor.get(url, '/fill')
      await visitorWith(url, 'name=grace')
      await store.until(container.close())
      const lost = expect.objectContaining({ scope: 'session', records: 2 })
      expect(all).toContainEqual(expect.objectContaining({ level: 'error', fields: lost }))
      const lines = all.length
      await store.clock.advance(minute)
      expect(all.length).toBe(lines)
    })

    test('49. that cannot be stored is stored if the store comes back within server.shutdown', async ({ store }) => {
      const { all, logger } = new LogLines()
      const { container, line, url } = await store.node(shop(pages), { logger })
      const visitor = await visitorWith(url, 'name=ada')
      line.cut()
      await visitor.get(url, '/fill')
      const failures = () => all.filter(({ message }) => message === 'a backup failed and will be tried again').length
      const before = failures()
      const closing = container.close()
      await expect.poll(failures).toBeGreaterThan(before)
      line.restore()
      await store.until(closing)
      const second = await store.node(shop(pages))
      expect((await visitor.get(second.url, '/read')).json()).toEqual({ name: 'ada', cart: { items: [] } })
    })
  })
})

describe('a session', () => {
  describeEverywhere(({ test }) => {
    test('outlives every node, with its id, its secret and its principal', async ({ store }) => {
      const first = await store.node(shop(pages))
      const visitor = await visitorWith(first.url, 'name=ada')
      await visitor.get(first.url, '/login?as=ada')
      const id = (await visitor.get(first.url, '/id')).json()
      await first.stop()
      const second = await store.node(shop(pages))
      expect((await visitor.get(second.url, '/id')).json()).toBe(id)
      expect((await visitor.get(second.url, '/principal')).json()).toBe('ada')
      expect((await visitor.get(second.url, '/read')).setCookie).toEqual([])
    })
  })
})
