import { describe, expect } from 'vitest'
import { describeEverywhere } from '../support/matrix.js'
import { type PageContext, sessionPages, shop } from '../support/shop.js'
import { Visitor } from '../support/visitor.js'

const minute = 60_000
const century = 100 * 365 * 24 * 60 * minute

const pages = {
  ...sessionPages,
  '/timeout': ({ scopes }: PageContext) => scopes.session.timeout,
  '/set-timeout': ({ scopes, query }: PageContext) => {
    scopes.session.timeout = query.to as 'never'
  },
}

describeEverywhere(({ test, cluster }) => {
  /** How much later than the timeout a restarted node may still find a session. */
  const slackOf = (timeout: number) => (cluster ? 0 : Math.min(timeout / 10, minute))

  test('6. requests that only read keep a session alive beyond its timeout, and after a restart', async ({ store }) => {
    const ends: unknown[] = []
    const application = shop(pages, { onSessionEnd: ({ session }) => void ends.push(session) })
    const node = await store.node(application, { session: { timeout: '10m' } })
    const visitor = new Visitor()
    await visitor.get(node.url, '/write?k=1')
    for (let passed = 0; passed < 30 * minute; passed += 5 * minute) {
      store.skip(5 * minute)
      await store.sweep()
      expect((await visitor.get(node.url, '/read')).json()).toEqual({ k: '1' })
    }
    await node.stop()
    const restarted = await store.node(application, { session: { timeout: '10m' } })
    store.skip(9 * minute)
    expect((await visitor.get(restarted.url, '/read')).json()).toEqual({ k: '1' })
    expect(ends).toEqual([])
  })

  test('6. requests on another node keep a session alive, too', async ({ store }) => {
    const [a, b] = await store.pair(shop(pages), { session: { timeout: '10m' } })
    const visitor = new Visitor()
    await visitor.get(a.url, '/write?k=1')
    store.skip(9 * minute)
    await visitor.get(b.url, '/read')
    store.skip(9 * minute)
    expect((await visitor.get(a.url, '/read')).json()).toEqual({ k: '1' })
  })

  test('6. a session is never ended early, however short after a touch its last request came', async ({ store }) => {
    const node = await store.node(shop(pages), { session: { timeout: '10m' } })
    const visitor = new Visitor()
    await visitor.get(node.url, '/write?k=1')
    store.skip(minute - 1)
    await visitor.get(node.url, '/read')
    await node.stop()
    const restarted = await store.node(shop(pages), { session: { timeout: '10m' } })
    store.skip(10 * minute - 1_200 - 1)
    await store.sweep()
    expect((await visitor.get(restarted.url, '/read')).json()).toEqual({ k: '1' })
  })

  test('6. a session is never ended early where it was before, however short after a touch its last request came elsewhere', async ({
    store,
  }) => {
    const [a, b] = await store.pair(shop(pages), { session: { timeout: '10m' } })
    const visitor = new Visitor()
    await visitor.get(a.url, '/write?k=1')
    store.skip(9 * minute)
    await visitor.get(b.url, '/read')
    store.skip(minute - 1)
    await visitor.get(b.url, '/read')
    store.skip(10 * minute - 1_200 - 1)
    expect((await visitor.get(a.url, '/read')).json()).toEqual({ k: '1' })
  })

  describe.each([
    { when: 'on the node that served it', restarts: false },
    { when: 'after a restart', restarts: true },
  ])('$when', ({ restarts }) => {
    test('7. after more than the timeout without a request the old cookie finds an empty session, and a write begins another one', async ({
      store,
    }) => {
      const options = { session: { timeout: '10m' } } as const
      const first = await store.node(shop(pages), options)
      const visitor = new Visitor()
      await visitor.get(first.url, '/write?k=1')
      const [id, secret] = visitor.cookies.get('shop_sid')?.split('.') ?? []
      if (restarts) await first.stop()
      const node = restarts ? await store.node(shop(pages), options) : first
      store.skip(10 * minute + (restarts ? slackOf(10 * minute) : 0))
      const late = await visitor.get(node.url, '/read')
      expect(late.json()).toEqual({})
      expect(late.setCookie).toEqual([])
      await visitor.get(node.url, '/write?m=2')
      const [nextId, nextSecret] = visitor.cookies.get('shop_sid')?.split('.') ?? []
      expect([nextId === id, nextSecret === secret]).toEqual([false, false])
      expect((await visitor.get(node.url, '/read')).json()).toEqual({ m: '2' })
    })

    test('7. a millisecond before the timeout it is still there', async ({ store }) => {
      const options = { session: { timeout: '10m' } } as const
      const first = await store.node(shop(pages), options)
      const visitor = new Visitor()
      await visitor.get(first.url, '/write?k=1')
      if (restarts) await first.stop()
      const node = restarts ? await store.node(shop(pages), options) : first
      store.skip(10 * minute - 1)
      expect((await visitor.get(node.url, '/read')).json()).toEqual({ k: '1' })
    })
  })

  test('8. a session has ended after its lifetime, whatever requests came', async ({ store }) => {
    const reasons: string[] = []
    const application = shop(pages, { onSessionEnd: ({ reason }) => void reasons.push(reason) })
    const node = await store.node(application, { session: { timeout: '10m', lifetime: '30m' } })
    const visitor = new Visitor()
    await visitor.get(node.url, '/write?k=1')
    for (let passed = 5 * minute; passed < 30 * minute; passed += 5 * minute) {
      store.skip(5 * minute)
      expect((await visitor.get(node.url, `/write?at=${passed}`)).status).toBe(200)
      expect((await visitor.get(node.url, '/read')).json()).toMatchObject({ k: '1' })
    }
    store.skip(5 * minute)
    expect((await visitor.get(node.url, '/read')).json()).toEqual({})
    await store.sweep()
    expect(reasons).toEqual(['lifetime'])
  })

  test('9. a session with timeout: never is found at any time later, until it is ended; then it is gone', async ({
    store,
  }) => {
    const reasons: string[] = []
    const application = shop(pages, { onSessionEnd: ({ reason }) => void reasons.push(reason) })
    const first = await store.node(application, { session: { timeout: 'never' } })
    const visitor = new Visitor()
    await visitor.get(first.url, '/write?k=1')
    store.skip(century)
    await store.sweep()
    expect((await visitor.get(first.url, '/read')).json()).toEqual({ k: '1' })
    await first.stop()
    store.skip(century)
    const second = await store.node(application, { session: { timeout: 'never' } })
    await store.sweep()
    expect((await visitor.get(second.url, '/timeout')).json()).toBeNull()
    expect((await visitor.get(second.url, '/read')).json()).toEqual({ k: '1' })

    const withOldCookie = visitor.clone()
    await visitor.get(second.url, '/end')
    expect((await withOldCookie.get(second.url, '/read')).json()).toEqual({})
    await store.sweep()
    expect(reasons).toEqual(['invalidated'])
    expect(await second.app.sessions.count()).toBe(0)
  })

  test('10. a timeout set for one record is there on other nodes and holds for that record only', async ({ store }) => {
    const [a, b] = await store.pair(shop(pages), { session: { timeout: '30m' } })
    const [patient, other] = [new Visitor(), new Visitor()]
    for (const visitor of [patient, other]) await visitor.get(a.url, '/write?k=1')
    await patient.get(a.url, '/set-timeout?to=2h')
    expect((await patient.get(b.url, '/timeout')).json()).toBe(120 * minute)
    expect((await other.get(b.url, '/timeout')).json()).toBe(30 * minute)
    store.skip(119 * minute)
    expect((await patient.get(b.url, '/read')).json()).toEqual({ k: '1' })
    expect((await other.get(b.url, '/read')).json()).toEqual({})
  })

  test('10. a timeout set in the request that begins the session, and read back in it, holds', async ({ store }) => {
    const page = ({ session, scopes }: PageContext) => {
      session.k = 1
      scopes.session.timeout = '2h'
      return scopes.session.timeout
    }
    const node = await store.node(shop({ ...pages, '/begin': page }))
    const visitor = new Visitor()
    expect((await visitor.get(node.url, '/begin')).json()).toBe(120 * minute)
    expect((await visitor.get(node.url, '/timeout')).json()).toBe(120 * minute)
  })

  test('10. a shorter timeout counts from the request that sets it, also if the store knows an older one only', async ({
    store,
  }) => {
    const node = await store.node(shop(pages))
    const visitor = new Visitor()
    await visitor.get(node.url, '/write?k=1')
    store.skip(900)
    await visitor.get(node.url, '/set-timeout?to=2s')
    store.skip(1_700)
    expect((await visitor.get(node.url, '/read')).json()).toEqual({ k: '1' })
  })

  test('10. a session whose timeout is shortened ends soon after', async ({ store }) => {
    const ends: unknown[] = []
    const application = shop(pages, { onSessionEnd: ({ session, reason }) => void ends.push({ ...session, reason }) })
    const node = await store.node(application)
    const visitor = new Visitor()
    await visitor.get(node.url, '/write?k=1')
    await visitor.get(node.url, '/set-timeout?to=1s')
    await store.run(1_000 + slackOf(1_000) + 1_200)
    expect(ends).toEqual([{ k: '1', reason: 'timeout' }])
    expect((await visitor.get(node.url, '/read')).json()).toEqual({})
  })

  test('10. timeout: never can be set for one record, too', async ({ store }) => {
    const [a, b] = await store.pair(shop(pages))
    const visitor = new Visitor()
    await visitor.get(a.url, '/write?k=1')
    await visitor.get(a.url, '/set-timeout?to=never')
    store.skip(century)
    await store.sweep()
    expect((await visitor.get(b.url, '/read')).json()).toEqual({ k: '1' })
  })
})
