import { expect } from 'vitest'
import { Gate } from '../support/gate.js'
import { describeEverywhere } from '../support/matrix.js'
import { type PageContext, sessionPages, shop } from '../support/shop.js'
import { Visitor } from '../support/visitor.js'

describeEverywhere.andServers(({ test }) => {
  test('4. when the last attribute is removed the record goes, and its cookie is never adopted', async ({ store }) => {
    const [a, b] = await store.pair(shop(sessionPages))
    const visitor = new Visitor()
    await visitor.get(a.url, '/write?k=1')
    const [id, secret] = visitor.cookies.get('shop_sid')?.split('.') ?? []
    expect((await visitor.get(a.url, '/remove?k')).setCookie).toEqual([])
    expect((await a.app.sessions.list()).items).toEqual([])
    for (const { url } of [a, b]) expect((await visitor.get(url, '/read')).json()).toEqual({})

    await visitor.get(b.url, '/write?m=2')
    const [nextId, nextSecret] = visitor.cookies.get('shop_sid')?.split('.') ?? []
    expect(nextId).not.toBe(id)
    expect(nextSecret).not.toBe(secret)
    expect((await visitor.get(b.url, '/read')).json()).toEqual({ m: '2' })
  })

  test('4. an attribute that another node added meanwhile keeps the record', async ({ store }) => {
    const beforeRemoval = new Gate()
    const application = shop({
      ...sessionPages,
      '/remove-slowly': async ({ session }) => {
        await beforeRemoval.pass()
        delete session.k
      },
    })
    const [a, b] = await store.pair(application)
    const visitor = new Visitor()
    await visitor.get(a.url, '/write?k=1')
    const removal = visitor.get(a.url, '/remove-slowly')
    await beforeRemoval.reached
    await visitor.get(b.url, '/write?m=2')
    beforeRemoval.open()
    await removal
    const fresh = await store.node(application)
    expect((await visitor.get(fresh.url, '/read')).json()).toEqual({ m: '2' })
  })

  test('4. a record that has a principal stays without attributes', async ({ store }) => {
    const pages = {
      ...sessionPages,
      '/login': ({ scopes }: PageContext) => scopes.session.login('ada'),
      '/who': ({ scopes }: PageContext) => scopes.session.principal,
    }
    const node = await store.node(shop(pages))
    const visitor = new Visitor()
    await visitor.get(node.url, '/write?k=1')
    await visitor.get(node.url, '/login')
    await visitor.get(node.url, '/remove?k')
    expect((await visitor.get(node.url, '/who')).json()).toBe('ada')
  })

  test('4. a record stays without attributes where onSessionStart is defined', async ({ store }) => {
    let starts = 0
    const node = await store.node(shop(sessionPages, { onSessionStart: () => void starts++ }))
    const visitor = new Visitor()
    await visitor.get(node.url, '/write?k=1')
    const { text: id } = await visitor.get(node.url, '/id')
    await visitor.get(node.url, '/remove?k')
    expect((await visitor.get(node.url, '/id')).text).toBe(id)
    expect(starts).toBe(1)
  })

  test('4. what a request writes after it has committed the removal fills the record again', async ({ store }) => {
    const pages = {
      ...sessionPages,
      '/replace': async ({ session, scopes }: PageContext) => {
        delete session.k
        await scopes.session.commit()
        session.m = 2
      },
    }
    const node = await store.node(shop(pages))
    const visitor = new Visitor()
    await visitor.get(node.url, '/write?k=1')
    const { text: id } = await visitor.get(node.url, '/id')
    expect((await visitor.get(node.url, '/replace')).setCookie).toEqual([])
    expect((await visitor.get(node.url, '/read')).json()).toEqual({ m: 2 })
    expect((await visitor.get(node.url, '/id')).text).toBe(id)
    expect(await node.app.sessions.count()).toBe(1)
  })

  test('19. an attribute that a new visitor sets and removes in one request leaves no record and no cookie', async ({
    store,
  }) => {
    const page = ({ session }: PageContext) => {
      session.k = 1
      delete session.k
    }
    const node = await store.node(shop({ '/': page }))
    expect((await new Visitor().get(node.url)).setCookie).toEqual([])
    expect(node.traffic.operations).toEqual([])
  })

  test('19. an attribute set and removed in one request is not stored, one removed and set has the new value', async ({
    store,
  }) => {
    const pages = {
      ...sessionPages,
      '/both': ({ session }: PageContext) => {
        session.passing = 1
        delete session.passing
        delete session.kept
        session.kept = 'new'
      },
    }
    const node = await store.node(shop(pages))
    const visitor = new Visitor()
    await visitor.get(node.url, '/write?kept=old')
    node.traffic.clear()
    await visitor.get(node.url, '/both')
    const [save] = node.traffic.saves
    expect({ set: [...(save?.set?.keys() ?? [])], unset: save?.unset }).toEqual({ set: ['kept'], unset: undefined })
    const fresh = await store.node(shop(pages))
    expect((await visitor.get(fresh.url, '/read')).json()).toEqual({ kept: 'new' })
  })
})
