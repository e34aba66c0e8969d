import { describe, expect } from 'vitest'
import { asTimeout } from '../../src/errors/parse-duration.js'
import { Gate } from '../support/gate.js'
import { describeClustered, describeEverywhere } from '../support/matrix.js'
import { type Page, sessionPages, shop } from '../support/shop.js'
import { Visitor, visitorWith } from '../support/visitor.js'

const minute = 60_000

const pages = {
  ...sessionPages,
  '/add': ({ query, scopes }) => scopes.session.increment('count', Number(query.by ?? 1)),
  '/both': async ({ scopes, session }) => {
    session.note = 'kept'
    const sum = await scopes.session.increment('count')
    return { sum, seen: session.count }
  },
} satisfies Record<string, Page>

describe('increment()', () => {
  describeEverywhere(({ cluster, test }) => {
    test('adds to a number, from nothing too, and is seen by the same request', async ({ store }) => {
      const { url } = await store.node(shop(pages))
      const visitor = new Visitor()
      expect((await visitor.get(url, '/add')).json()).toBe(1)
      expect((await visitor.get(url, '/add?by=-0.5')).json()).toBe(0.5)
      expect((await visitor.get(url, '/both')).json()).toEqual({ sum: 1.5, seen: 1.5 })
      expect((await visitor.get(url, '/read')).json()).toEqual({ note: 'kept', count: 1.5 })
    })

    test('of many requests at once adds up', async ({ store }) => {
      const nodes = cluster ? await store.pair(shop(pages)) : [await store.node(shop(pages))]
      const visitor = await visitorWith(nodes[0]?.url ?? '', 'name=ada')
      const requests = nodes.flatMap(({ url }) => Array.from({ length: 10 }, () => visitor.get(url, '/add')))
      const sums = (await Promise.all(requests)).map((answer) => answer.json())
      expect(new Set(sums).size).toBe(10 * nodes.length)
      store.skip(minute)
      for (const { url } of nodes)
        expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada', count: 10 * nodes.length })
    })

    test('refuses what is no number, and changes nothing', async ({ store }) => {
      const { url } = await store.node(shop(pages))
      const visitor = await visitorWith(url, 'count=three')
      expect((await visitor.get(url, '/add')).status).toBe(500)
      expect((await visitor.get(url, '/read')).json()).toEqual({ count: 'three' })
    })

    test('of a session that has ended meanwhile fails', async ({ store }) => {
      const gate = new Gate()
      const slow: Page = async ({ scopes }) => {
        await gate.pass()
        return scopes.session.increment('count')
      }
      const codes: unknown[] = []
      const handlers = { onError: (error: unknown) => void codes.push((error as { code?: string }).code) }
      const { url } = await store.node(shop({ ...pages, '/slow': slow }, handlers))
      const visitor = await visitorWith(url, 'count-of=ada')
      const request = visitor.clone().get(url, '/slow')
      await gate.reached
      await visitor.get(url, '/end')
      gate.open()
      expect((await request).status).toBe(409)
      expect(codes).toEqual(['SCOPE_LOST'])
    })
  })

  describeClustered(({ test }) => {
    test('56. of 400 requests at once all succeed and add up, with two calls to the store each at most', async ({
      store,
    }) => {
      const all = new Gate()
      let arrived = 0
      const together: Page = async ({ scopes, session }) => {
        const name = session.name // the record is loaded before any request adds
        arrived += 1
        if (arrived === 400) all.open()
        await all.pass()
        return name === 'ada' && scopes.session.increment('count')
      }
      const [a, b] = await store.pair(shop({ ...pages, '/add': together }))
      const visitor = await visitorWith(a.url, 'name=ada')
      for (const { traffic } of [a, b]) traffic.clear()
      const requests = Array.from({ length: 400 }, (_, n) => visitor.clone().get((n % 2 ? a : b).url, '/add'))
      const answers = await store.until(Promise.all(requests))
      expect(answers.filter(({ status }) => status !== 200)).toEqual([])
      expect(new Set(answers.map((answer) => answer.json())).size).toBe(400)
      expect((await visitor.get(a.url, '/read')).json()).toEqual({ name: 'ada', count: 400 })
      expect(a.traffic.operations.length + b.traffic.operations.length).toBeLessThanOrEqual(2 * 400 + 1)
    })

    test('costs one save when nobody comes between', async ({ store }) => {
      const { url, traffic } = await store.node(shop(pages))
      const visitor = await visitorWith(url, 'name=ada')
      traffic.clear()
      await visitor.get(url, '/add')
      expect(traffic.operations).toEqual(['load', 'save'])
    })
  })
})

describe('rotate({ keep })', () => {
  const privileged: Page = ({ scopes, session }) => {
    session.cart = 'changed'
    session.fresh = '1'
    return scopes.session.rotate({ keep: ['cart'] })
  }

  describeEverywhere(({ test }) => {
    test('leaves only these attributes, in the request, in the store and on other nodes', async ({ store }) => {
      const [a, b] = await store.pair(shop({ ...pages, '/privileged': privileged }))
      const visitor = await visitorWith(a.url, 'cart=book&secret=1')
      const before = visitor.clone()
      expect((await visitor.get(a.url, '/privileged')).setCookie).toHaveLength(1)
      for (const { url } of [a, b]) {
        expect((await visitor.get(url, '/read')).json()).toEqual({ cart: 'changed' })
        expect((await before.get(url, '/read')).json()).toEqual({})
      }
    })

    test('removes what another request has written meanwhile', async ({ store }) => {
      const gate = new Gate()
      const slow: Page = async ({ scopes, session }) => {
        expect(session.cart).toBe('book')
        await gate.pass()
        await scopes.session.rotate({ keep: ['cart'] })
        return { ...session }
      }
      const { url } = await store.node(shop({ ...pages, '/slow': slow }))
      const visitor = await visitorWith(url, 'cart=book')
      const rotating = visitor.get(url, '/slow')
      await gate.reached
      await visitor.clone().get(url, '/write?other=1')
      gate.open()
      expect((await rotating).json()).toEqual({ cart: 'book' })
      expect((await visitor.get(url, '/read')).json()).toEqual({ cart: 'book' })
      expect((await visitor.get((await store.node(shop(pages))).url, '/read')).json()).toEqual({ cart: 'book' })
    })

    test('that loses against another one removes nothing', async ({ store }) => {
      const gate = new Gate()
      const slow: Page = async ({ scopes }) => {
        await gate.pass()
        await scopes.session.rotate({ keep: [] })
      }
      const { url } = await store.node(shop({ ...pages, '/slow': slow }))
      const visitor = await visitorWith(url, 'cart=book')
      const loser = visitor.clone().get(url, '/slow')
      await gate.reached
      await visitor.get(url, '/rotate')
      gate.open()
      expect(await loser).toMatchObject({ status: 409, setCookie: [] })
      expect((await visitor.get(url, '/read')).json()).toEqual({ cart: 'book' })
    })

    test('of a new session keeps what it says too', async ({ store }) => {
      const { url } = await store.node(shop({ ...pages, '/privileged': privileged }))
      const visitor = new Visitor()
      await visitor.get(url, '/privileged')
      expect((await visitor.get(url, '/read')).json()).toEqual({ cart: 'changed' })
    })
  })
})

describe('optimistic concurrency', () => {
  describeClustered(({ test }) => {
    const slowly =
      (gate: Gate, page: Page): Page =>
      async (ctx) => {
        expect(ctx.session.name).toBe('ada')
        await gate.pass()
        return page(ctx)
      }

    test.for([
      ['of the scope', { concurrency: 'optimistic' }, ({ session }) => void Object.assign(session, { mine: 1 })],
      [
        'of one commit',
        {},
        ({ scopes, session }) => {
          session.mine = 1
          return scopes.session.commit({ ifUnchanged: true })
        },
      ],
    ] as const satisfies [string, object, Page][])(
      '%s: a request that another one has overtaken gets 409',
      async ([, session, page], { store }) => {
        const gate = new Gate()
        const [a, b] = await store.pair(shop({ ...pages, '/slow': slowly(gate, page) }), { session })
        const visitor = await visitorWith(a.url, 'name=ada')
        const overtaken = visitor.get(a.url, '/slow')
        await gate.reached
        await visitor.get(b.url, '/write?theirs=1')
        gate.open()
        expect(await overtaken).toMatchObject({ status: 409, setCookie: [] })
        expect((await visitor.get(a.url, '/read')).json()).toEqual({ name: 'ada', theirs: '1' })
      },
    )

    test('lets requests pass that change nothing, or that nobody has overtaken', async ({ store }) => {
      const gate = new Gate()
      const session = { concurrency: 'optimistic' } as const
      const [a, b] = await store.pair(shop({ ...pages, '/slow': slowly(gate, () => 'read') }), { session })
      const visitor = await visitorWith(a.url, 'name=ada')
      const reading = visitor.get(a.url, '/slow')
      await gate.reached
      for (const n of [1, 2, 3]) expect((await visitor.get(b.url, `/write?n=${n}`)).status).toBe(200)
      gate.open()
      expect((await reading).status).toBe(200)
      expect((await visitor.get(a.url, '/read')).json()).toEqual({ name: 'ada', n: '3' })
    })
  })
})

describe('the lifetime of one record', () => {
  const pagesOfLife = {
    ...pages,
    '/lifetime': ({ query, scopes }) => {
      scopes.session.lifetime = asTimeout(String(query.is))
    },
    '/remaining': ({ scopes }) => scopes.session.lifetime,
  } satisfies Record<string, Page>

  describeEverywhere(({ test }) => {
    test('counts from its creation, holds for it alone, and on every node', async ({ store }) => {
      const session = { timeout: '1h', lifetime: '12h' } as const
      const [a, b] = await store.pair(shop(pagesOfLife), { session })
      const [short, usual, endless] = [
        await visitorWith(a.url, 'name=short'),
        await visitorWith(a.url, 'name=usual'),
        await visitorWith(a.url, 'name=endless'),
      ]
      await short.get(a.url, '/lifetime?is=30m')
      await endless.get(a.url, '/lifetime?is=never')
      expect((await short.get(b.url, '/remaining')).json()).toBe(30 * minute)
      expect((await endless.get(b.url, '/remaining')).json()).toBeNull()
      for (let n = 0; n < 30; n += 1) {
        store.skip(30 * minute)
        for (const visitor of [usual, endless]) await visitor.get(a.url, '/read')
        if (n === 0) expect((await short.get(b.url, '/read')).json()).toEqual({})
      }
      expect((await usual.get(a.url, '/read')).json()).toEqual({})
      expect((await endless.get(a.url, '/read')).json()).toEqual({ name: 'endless' })
    })
  })
})
