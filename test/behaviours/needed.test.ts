import { expect } from 'vitest'
import { describeEverywhere } from '../support/matrix.js'
import { type PageContext, sessionPages, shop } from '../support/shop.js'
import { Visitor } from '../support/visitor.js'

describeEverywhere(({ test }) => {
  test('1. a request that touches no scope gets no cookie and costs no store access', async ({ store }) => {
    const node = await store.node(shop({ '/': () => 'hello' }))
    const { status, setCookie } = await new Visitor().get(node.url)
    expect({ status, setCookie }).toEqual({ status: 200, setCookie: [] })
    expect(node.traffic.operations).toEqual([])
  })

  test('2. a visitor who only reads what is not there gets no session, no cookie and no store access', async ({
    store,
  }) => {
    const page = ({ session, client, scopes }: PageContext) => {
      delete session.cart
      const { exists, isNew, principal } = scopes.session
      return { cart: session.cart, has: 'cart' in session, session, client, exists, isNew, principal }
    }
    const node = await store.node(shop({ '/': page }))
    const { setCookie, json } = await new Visitor().get(node.url)
    expect(json()).toEqual({ has: false, session: {}, client: {}, exists: false, isNew: false, principal: null })
    expect(setCookie).toEqual([])
    expect(node.traffic.operations).toEqual([])
  })

  test('3. the first write sends exactly one cookie and stores exactly one record', async ({ store }) => {
    const node = await store.node(shop(sessionPages))
    const { setCookie, headers } = await new Visitor().get(node.url, '/write?a=1&b=2')
    expect(setCookie).toEqual([
      expect.stringMatching(/^shop_sid=[\w-]{22}\.[\w-]{24}; Path=\/; HttpOnly; SameSite=Lax$/),
    ])
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('vary')).toBe('Cookie')
    expect(node.traffic.operations).toEqual(['save'])
    expect(await node.app.sessions.count()).toBe(1)
  })

  test('3. the store learns the id, and nothing of the secret but its digest', async ({ store }) => {
    const node = await store.node(shop(sessionPages))
    const visitor = new Visitor()
    await visitor.get(node.url, '/write?a=1')
    await visitor.get(node.url, '/read')
    const [id = '', secret = ''] = visitor.cookies.get('shop_sid')?.split('.') ?? []
    expect(JSON.stringify(node.traffic.exchanges)).toContain(id)
    expect(JSON.stringify(node.traffic.exchanges)).not.toContain(secret)
  })

  test('3. later writes send no cookie and go to the same record', async ({ store }) => {
    const node = await store.node(shop(sessionPages))
    const visitor = new Visitor()
    await visitor.get(node.url, '/write?a=1')
    expect((await visitor.get(node.url, '/write?b=2')).setCookie).toEqual([])
    expect((await visitor.get(node.url, '/read')).json()).toEqual({ a: '1', b: '2' })
    expect(await node.app.sessions.count()).toBe(1)
  })

  test('3. session and client have a record and a cookie each, and the client cookie lasts', async ({ store }) => {
    const page = ({ session, client }: PageContext) => {
      session.a = 1
      client.b = 2
    }
    const node = await store.node(shop({ '/': page }), { client: { timeout: '90d' } })
    const { setCookie } = await new Visitor().get(node.url)
    expect([...setCookie].sort()).toEqual([
      expect.stringMatching(/^shop_cid=[^;]+; Max-Age=7776000; Path=\/; HttpOnly; SameSite=Lax$/),
      expect.stringMatching(/^shop_sid=[^;]+; Path=\/; HttpOnly; SameSite=Lax$/),
    ])
    expect([await node.app.sessions.count(), await node.app.clients.count()]).toEqual([1, 1])
  })

  test('5. onSessionStart runs before onRequestStart at the first request of a visitor, and only then', async ({
    store,
  }) => {
    const calls: string[] = []
    const handlers = {
      onSessionStart({ session }: { session: PageContext['session'] }) {
        calls.push('onSessionStart')
        session.startedAt = new Date(0)
      },
      onRequestStart: () => void calls.push('onRequestStart'),
    }
    const node = await store.node(shop(sessionPages, handlers))
    const visitor = new Visitor()
    expect((await visitor.get(node.url, '/read')).setCookie).toHaveLength(1)
    expect((await visitor.get(node.url, '/read')).json()).toEqual({ startedAt: new Date(0).toJSON() })
    expect(calls).toEqual(['onSessionStart', 'onRequestStart', 'onRequestStart'])
  })

  test('5. onSessionStart does not run again after a restart while the record lives, and does once it has gone', async ({
    store,
  }) => {
    let starts = 0
    const application = shop(sessionPages, { onSessionStart: () => void starts++ })
    const options = { session: { timeout: '10m' } } as const
    const visitor = new Visitor()
    const first = await store.node(application, options)
    const { setCookie } = await visitor.get(first.url, '/read')
    expect(setCookie, 'a session without attributes is kept').toHaveLength(1)
    await first.stop()
    const second = await store.node(application, options)
    expect((await visitor.get(second.url, '/read')).setCookie).toEqual([])
    expect(starts).toBe(1)
    store.skip(12 * 60_000)
    expect((await visitor.get(second.url, '/read')).setCookie).toHaveLength(1)
    expect(starts).toBe(2)
  })

  test('5. a path under scopeless: opens no scope, so onSessionStart does not run for it', async ({ store }) => {
    let starts = 0
    const application = shop({ '/assets/logo': () => 'logo' }, { onSessionStart: () => void starts++ })
    const node = await store.node(application, { scopeless: ['/assets'] })
    expect((await new Visitor().get(node.url, '/assets/logo')).setCookie).toEqual([])
    expect(starts).toBe(0)
    expect(node.traffic.operations).toEqual([])
  })
})
