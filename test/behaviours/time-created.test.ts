import { expect } from 'vitest'
import { describeEverywhere } from '../support/matrix.js'
import { type PageContext, sessionPages, shop } from '../support/shop.js'
import type { TestStore } from '../support/test-store.js'
import { Visitor } from '../support/visitor.js'

const minute = 60_000

const timesIn = ({ scopes: { session } }: PageContext) => ({
  timeCreated: session.timeCreated?.getTime(),
  lifetime: session.lifetime,
})

/** Pages that begin a session, during which time passes. */
const pagesOf = (store: TestStore) => ({
  ...sessionPages,
  '/begin': async (ctx: PageContext) => {
    ctx.session.a = 1
    store.skip(1_000)
    const before = timesIn(ctx)
    store.skip(1_000)
    await ctx.scopes.session.commit()
    store.skip(1_000)
    return [before, timesIn(ctx)]
  },
  '/login': async (ctx: PageContext) => {
    ctx.session.a = 1
    store.skip(2_000)
    await ctx.scopes.session.login('ada')
    return [timesIn(ctx)]
  },
  '/shorten': async (ctx: PageContext) => {
    ctx.session.a = 1
    store.skip(2_000)
    ctx.scopes.session.lifetime = '5m'
    return [timesIn(ctx)]
  },
  '/times': (ctx: PageContext) => [timesIn(ctx)],
})

describeEverywhere(({ test }) => {
  test('81. timeCreated and lifetime are the same in the request that begins a session and in all later ones', async ({
    store,
  }) => {
    const options = { session: { lifetime: '1h' as const } }
    const [node, other] = await store.pair(shop(pagesOf(store)), options)
    for (const [page, lifetime] of [
      ['/begin', 60 * minute],
      ['/login', 60 * minute],
      ['/shorten', 5 * minute],
    ] as const) {
      const visitor = new Visitor()
      const begun = store.clock.now()
      const first = (await visitor.get(node.url, page)).json()
      store.skip(1_000)
      const next = (await visitor.get(node.url, '/times')).json()
      const there = (await visitor.get(other.url, '/times')).json()
      const all = [...first, ...next, ...there]
      expect(all).toEqual(all.map(() => ({ timeCreated: begun, lifetime })))
    }
  })

  test('81. the life ends when timeCreated and lifetime say, counted from the first write', async ({ store }) => {
    const [node] = await store.pair(shop(pagesOf(store)), { session: { timeout: 'never', lifetime: '1h' } })
    const visitor = new Visitor()
    const begun = store.clock.now()
    await visitor.get(node.url, '/begin')
    store.skip(begun + 60 * minute - store.clock.now() - 1)
    expect((await visitor.get(node.url, '/read')).json()).toEqual({ a: 1 })
    store.skip(1)
    expect((await visitor.get(node.url, '/read')).json()).toEqual({})
  })
})
