import { expect } from 'vitest'
import { heard } from '../support/heard.js'
import { describeEverywhere } from '../support/matrix.js'
import { type PageContext, sessionPages, shop } from '../support/shop.js'
import type { NodeOptions, TestStore } from '../support/test-store.js'
import { Visitor } from '../support/visitor.js'

class Money {
  cents = 5
}

const pages = {
  ...sessionPages,
  '/fill': async ({ session, scopes }: PageContext) => {
    Object.assign(session, { price: new Money(), name: 'pen' })
    await scopes.session.login('ada')
  },
  '/name': ({ session }: PageContext) => session.name,
  '/price': ({ session }: PageContext) => session.price ?? session.price ?? 'absent',
  '/has': ({ session }: PageContext) => 'price' in session,
  '/list': ({ session }: PageContext) => {
    const loop: string[] = []
    for (const name in session) loop.push(name)
    const { name, ...rest } = session
    return {
      keys: Object.keys(session),
      entries: Object.entries(session),
      spread: Object.keys({ ...session }),
      rest: Object.keys(rest),
      assigned: Object.keys(Object.assign({}, session)),
      json: JSON.stringify(session),
      loop,
      own: Object.hasOwn(session, 'price'),
      has: 'price' in session,
      name,
    }
  },
  '/who': ({ scopes }: PageContext) => scopes.session.principal,
}
const application = shop(pages)
const withClass: NodeOptions = { types: { classes: { Money } } }

/** A visitor whose session was stored by a node that knew the class. */
async function loggedInBeforeTheDeploy(store: TestStore): Promise<Visitor> {
  const node = await store.node(application, withClass)
  const visitor = new Visitor()
  await visitor.get(node.url, '/fill')
  await node.stop()
  return visitor
}

describeEverywhere(({ test }) => {
  test('24. an attribute whose class is gone reads as absent, an event tells, and the others work', async ({
    store,
  }) => {
    const visitor = await loggedInBeforeTheDeploy(store)
    const node = await store.node(application)
    const told = heard(node, 'scope:undecodable')
    expect((await visitor.get(node.url, '/name')).json()).toBe('pen')
    expect(told, 'what is not read is not decoded').toEqual([])
    const [head] = (await node.app.sessions.list()).items
    expect((await node.app.sessions.show(head?.id ?? ''))?.attributes).toEqual([
      {
        name: 'price',
        bytes: expect.any(Number),
        encoded: expect.any(Uint8Array),
        reason: expect.stringContaining('Money'),
      },
      { name: 'name', bytes: expect.any(Number), value: 'pen' },
    ])
    expect(told, 'an operator who looks reports nothing').toEqual([])
    expect((await visitor.get(node.url, '/price')).json()).toBe('absent')
    const { text: id } = await visitor.get(node.url, '/id')
    const error = expect.objectContaining({ code: 'VALUE_UNDECODABLE' })
    expect(told).toEqual([{ scope: 'session', id: JSON.parse(id), name: 'price', error }])
    expect((await visitor.get(node.url, '/has')).json()).toBe(false)
    expect((await visitor.get(node.url, '/read')).json()).toEqual({ name: 'pen' })
  })

  test('24. the visitor stays logged in and keeps the cookie', async ({ store }) => {
    const visitor = await loggedInBeforeTheDeploy(store)
    const node = await store.node(application)
    for (const path of ['/price', '/read', '/write?name=ink', '/read']) {
      const { status, setCookie } = await visitor.get(node.url, path)
      expect({ status, setCookie }).toEqual({ status: 200, setCookie: [] })
    }
    expect((await visitor.get(node.url, '/who')).json()).toBe('ada')
  })

  test('24. its bytes stay until something else is written there, whatever else changes', async ({ store }) => {
    const visitor = await loggedInBeforeTheDeploy(store)
    const node = await store.node(application)
    await visitor.get(node.url, '/read')
    await visitor.get(node.url, '/write?name=ink')
    const repaired = await store.node(application, withClass)
    expect((await visitor.get(repaired.url, '/read')).json()).toEqual({ name: 'ink', price: { cents: 5 } })
  })

  test('84. it is no key, however the session is listed, at the first look and at later ones', async ({ store }) => {
    const visitor = await loggedInBeforeTheDeploy(store)
    const node = await store.node(application)
    for (const _ of ['first', 'second'])
      expect((await visitor.get(node.url, '/list')).json()).toEqual({
        keys: ['name'],
        entries: [['name', 'pen']],
        spread: ['name'],
        rest: [],
        assigned: ['name'],
        json: '{"name":"pen"}',
        loop: ['name'],
        own: false,
        has: false,
        name: 'pen',
      })
    expect((await visitor.get(node.url, '/list')).json().keys).toEqual(['name'])
  })

  for (const { what, bytes } of [
    { what: 'in a format of a newer version', bytes: Buffer.from([0, 9, 1, 2, 3]) },
    { what: 'in the format of an earlier version', bytes: Buffer.from('\x01{"cents":5}') },
    { what: 'nested 100,000 deep', bytes: Buffer.from(`\0\x01${'['.repeat(1e5)}${']'.repeat(1e5)}`) },
    { what: 'of nothing', bytes: Buffer.alloc(0) },
  ])
    test(`85. an attribute ${what} is no attribute, and is kept by updates`, async ({ store }) => {
      const visitor = await loggedInBeforeTheDeploy(store)
      const now = store.clock.now()
      const asking = await store.node(application)
      const id = (await visitor.get(asking.url, '/id')).json()
      await asking.stop()
      await store.records((space) =>
        space.save({ mode: 'update', id, version: 'newer', set: new Map([['price', bytes]]) }, { now }),
      )
      const node = await store.node(application)
      expect((await visitor.get(node.url, '/read')).json()).toEqual({ name: 'pen' })
      expect((await visitor.get(node.url, '/write?name=ink&more=1')).status).toBe(200)
      await visitor.get(node.url, '/rotate')
      expect((await visitor.get(node.url, '/list')).json().keys).toEqual(['name', 'more'])
      await node.stop()
      const kept = await store.records((space) => space.load(id, { now }))
      expect(kept.status === 'loaded' && Buffer.from(kept.record.attributes.get('price') ?? [])).toEqual(bytes)
    })

  test('24. it can be replaced, and it can be removed', async ({ store }) => {
    const [one, other] = [await loggedInBeforeTheDeploy(store), await loggedInBeforeTheDeploy(store)]
    const node = await store.node(application)
    for (const visitor of [one, other]) await visitor.get(node.url, '/price')
    await one.get(node.url, '/write?price=7')
    await other.get(node.url, '/remove?price')
    const repaired = await store.node(application, withClass)
    expect((await one.get(repaired.url, '/price')).json()).toBe('7')
    expect((await other.get(repaired.url, '/price')).json()).toBe('absent')
  })

  test('24. its session still ends: the end handler gets the others', async ({ store }) => {
    const ends: unknown[] = []
    await loggedInBeforeTheDeploy(store)
    await store.node(shop(pages, { onSessionEnd: ({ session }) => void ends.push({ ...session }) }))
    store.skip(60 * 60_000)
    await store.sweep()
    expect(ends).toEqual([{ name: 'pen' }])
  })

  test('onUndecodable: fail makes a request that reads it fail, and no other', async ({ store }) => {
    const visitor = await loggedInBeforeTheDeploy(store)
    const errors: unknown[] = []
    const node = await store.node(shop(pages, { onError: (error) => void errors.push(error) }), {
      session: { onUndecodable: 'fail' },
    })
    const told = heard(node, 'scope:undecodable')
    expect((await visitor.get(node.url, '/name')).status).toBe(200)
    for (const path of ['/price', '/has', '/read']) expect((await visitor.get(node.url, path)).status).toBe(500)
    expect(errors).toHaveLength(3)
    expect(errors[0]).toMatchObject({ code: 'VALUE_UNDECODABLE', details: { path: 'session.price' } })
    expect(told).toHaveLength(3)
    await visitor.get(node.url, '/write?price=7')
    expect((await visitor.get(node.url, '/price')).json()).toBe('7')
  })

  test('onUndecodable: fail lets a session end all the same: its handler counts as failed, so it goes after five attempts', async ({
    store,
  }) => {
    let ends = 0
    await loggedInBeforeTheDeploy(store)
    const node = await store.node(shop(pages, { onSessionEnd: () => void ends++ }), {
      session: { onUndecodable: 'fail' },
    })
    const letters = heard(node, 'session:dead-letter')
    store.skip(60 * 60_000)
    await store.run(60_000)
    expect(ends).toBe(0)
    expect(letters).toMatchObject([{ attempt: 5, error: { code: 'VALUE_UNDECODABLE' } }])
    expect(node.traffic.operations.at(-1)).toBe('settle')
  })
})
