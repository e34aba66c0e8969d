import { expect } from 'vitest'
import { Gate } from '../support/gate.js'
import { describeEmbedded } from '../support/matrix.js'
import { type PageContext, sessionPages, shop } from '../support/shop.js'
import { Visitor } from '../support/visitor.js'

const unstorable: Record<string, { readonly in: (ctx: PageContext) => unknown; readonly named: string }> = {
  'a function': { in: () => () => 1, named: 'session.bad: a function' },
  'a socket': { in: (ctx) => ctx.req.socket, named: 'session.bad: an instance of the unregistered class Socket' },
  'a function inside': { in: () => ({ items: [{ price: () => 1 }] }), named: 'session.bad.items[0].price: a function' },
  'a promise': { in: () => Promise.resolve(1), named: 'session.bad: a promise' },
  'an instance of a class that is not registered': {
    in: () => new (class Cart {})(),
    named: 'session.bad: an instance of the unregistered class Cart',
  },
  'an invalid Date': { in: () => new Date(Number.NaN), named: 'session.bad: an invalid Date' },
}

/** Pages, and what onError was told while they ran. */
function reporting(pages: Parameters<typeof shop>[0]) {
  const errors: string[] = []
  const application = shop(
    { ...sessionPages, ...pages },
    { onError: (error, { event }) => void errors.push(`${event}: ${(error as Error).message}`) },
  )
  return { application, errors }
}

describeEmbedded(({ test }) => {
  test.for(Object.entries(unstorable))(
    '23. %s: an error names the attribute, and nothing of the request is saved',
    async ([, { in: valueIn, named }], { store }) => {
      const { application, errors } = reporting({
        '/spoil': (ctx) => {
          ctx.client.visits = 1
          ctx.session.good = 'new'
          ctx.session.list.push('new')
          ctx.session.bad = valueIn(ctx)
          ctx.session.later = 'new'
        },
        '/fill': ({ session }) => void Object.assign(session, { good: 'old', list: ['old'] }),
        '/client': ({ client }) => ({ ...client }),
      })
      const node = await store.node(application)
      const visitor = new Visitor()
      await visitor.get(node.url, '/fill')
      node.traffic.clear()
      const { status, text, setCookie } = await visitor.get(node.url, '/spoil')
      expect({ status, text, setCookie }).toEqual({ status: 500, text: 'Internal Server Error', setCookie: [] })
      expect(errors).toEqual([expect.stringContaining(`commit: ${named}`)])
      expect(node.traffic.saves).toEqual([])
      const fresh = await store.node(application)
      for (const { url } of [node, fresh]) {
        expect((await visitor.get(url, '/read')).json()).toEqual({ good: 'old', list: ['old'] })
        expect((await visitor.get(url, '/client')).json()).toEqual({})
      }
    },
  )

  test('23. a new visitor gets neither a record nor a cookie, and can begin again', async ({ store }) => {
    const { application } = reporting({ '/spoil': ({ session }) => void Object.assign(session, { bad() {} }) })
    const node = await store.node(application)
    const visitor = new Visitor()
    const { status, setCookie } = await visitor.get(node.url, '/spoil')
    expect({ status, setCookie }).toEqual({ status: 500, setCookie: [] })
    expect(await node.app.sessions.count()).toBe(0)
    await visitor.get(node.url, '/write?k=1')
    expect((await visitor.get(node.url, '/read')).json()).toEqual({ k: '1' })
  })

  test('23. a value becomes unstorable by a change inside of it: the attribute goes back to what was saved last', async ({
    store,
  }) => {
    const { application, errors } = reporting({
      '/fill': ({ session }) => void Object.assign(session, { cart: { items: ['pen'] } }),
      '/spoil': ({ session }) => void session.cart.items.push(() => 1),
    })
    const node = await store.node(application)
    const visitor = new Visitor()
    await visitor.get(node.url, '/fill')
    expect((await visitor.get(node.url, '/spoil')).status).toBe(500)
    expect(errors).toEqual([expect.stringContaining('commit: session.cart.items[1]: a function')])
    expect((await visitor.get(node.url, '/read')).json()).toEqual({ cart: { items: ['pen'] } })
    await visitor.get(node.url, '/write?k=1')
    expect((await visitor.get(node.url, '/read')).json()).toEqual({ cart: { items: ['pen'] }, k: '1' })
  })

  test('23. a parallel request of the same session keeps what it changes', async ({ store }) => {
    const spoiled = new Gate()
    const { application } = reporting({
      '/slow': async ({ session }) => {
        session.before = 1
        await spoiled.pass()
        session.after = 2
      },
      '/spoil': ({ session }) => void Object.assign(session, { bad() {} }),
    })
    const node = await store.node(application)
    const visitor = new Visitor()
    await visitor.get(node.url, '/write?k=0')
    const slow = visitor.get(node.url, '/slow')
    await spoiled.reached
    expect((await visitor.get(node.url, '/spoil')).status).toBe(500)
    spoiled.open()
    expect((await slow).status).toBe(200)
    const fresh = await store.node(application)
    for (const { url } of [node, fresh]) {
      expect((await visitor.get(url, '/read')).json()).toEqual({ k: '0', before: 1, after: 2 })
    }
  })

  test('23. a handler that catches the error of its commit() goes on from what was saved last', async ({ store }) => {
    const { application, errors } = reporting({
      '/fill': ({ session }) => void Object.assign(session, { cart: ['pen'] }),
      '/spoil': async ({ session, scopes }) => {
        session.cart.push(() => 1)
        await scopes.session.commit().catch(() => {})
        session.cart.push('ink')
      },
    })
    const node = await store.node(application)
    const visitor = new Visitor()
    await visitor.get(node.url, '/fill')
    expect((await visitor.get(node.url, '/spoil')).status).toBe(200)
    expect(errors).toEqual([])
    expect((await visitor.get(node.url, '/read')).json()).toEqual({ cart: ['pen', 'ink'] })
  })

  test('23. what was committed before in the same request stays', async ({ store }) => {
    const { application } = reporting({
      '/spoil': async ({ session, scopes }) => {
        session.first = 1
        await scopes.session.commit()
        session.bad = () => 1
      },
    })
    const node = await store.node(application)
    const visitor = new Visitor()
    const { status, setCookie } = await visitor.get(node.url, '/spoil')
    expect({ status, cookies: setCookie.length }).toEqual({ status: 500, cookies: 1 })
    expect((await visitor.get(node.url, '/read')).json()).toEqual({ first: 1 })
  })
})
