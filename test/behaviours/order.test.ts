import { expect } from 'vitest'
import { Gate } from '../support/gate.js'
import { describeEverywhere } from '../support/matrix.js'
import { type PageContext, sessionPages, shop } from '../support/shop.js'
import type { Node, TestStore } from '../support/test-store.js'
import { Visitor, visitorWith } from '../support/visitor.js'

/** More than Redis keeps in order in a small hash, in an order that no sorting gives. */
const many = Array.from({ length: 700 }, (_, n) => `k${(n * 389) % 700}`)

const pages = {
  ...sessionPages,
  /** Every way to list the names. */
  '/names': ({ session }: PageContext) => {
    const loop: string[] = []
    for (const name in session) loop.push(name)
    return [
      Object.keys(session),
      Object.keys({ ...session }),
      Object.keys(JSON.parse(JSON.stringify(session))),
      loop,
      Reflect.ownKeys(session),
    ]
  },
  '/set': ({ session, query }: PageContext) => {
    for (const name of String(query.names).split(',')) session[name] = { name }
  },
  '/unset': ({ session, query }: PageContext) => {
    for (const name of String(query.names).split(',')) delete session[name]
  },
  '/fill': ({ session }: PageContext) => {
    for (const name of many) session[name] = name
  },
  '/change': ({ session }: PageContext) => {
    session.m.changed = true
    session.z = 'assigned'
  },
  '/again': ({ session }: PageContext) => {
    delete session.z
    session.n = 1
    session.z = 'again'
  },
  '/same': ({ session }: PageContext) => {
    const { z } = session
    delete session.z
    session.z = z
  },
  '/rewrite': ({ session }: PageContext) => {
    const all = { ...session }
    for (const name of Object.keys(all)) delete session[name]
    Object.assign(session, all)
  },
  '/increment': async ({ scopes, query }: PageContext) => scopes.session.increment(String(query.name)),
  '/integers': ({ session }: PageContext) => {
    Object.assign(session, { b: 1, a: 1 })
    session[2] = 1
    session[1] = 1
    return JSON.stringify(session)
  },
  '/json': ({ session }: PageContext) => JSON.stringify(session),
}

/** What every way of listing gives, on this node and on one that has just started. */
async function namesOn(store: TestStore, node: Node, visitor: Visitor): Promise<readonly string[]> {
  const fresh = await store.node(shop(pages))
  const here: string[][] = (await visitor.get(node.url, '/names')).json()
  const there: string[][] = (await visitor.get(fresh.url, '/names')).json()
  for (const names of [...here, ...there]) expect(names).toEqual(here[0])
  return here[0] ?? []
}

describeEverywhere(({ test }) => {
  test('83. names come in the order in which they were first stored, after updates and restarts too', async ({
    store,
  }) => {
    const node = await store.node(shop(pages))
    const visitor = new Visitor()
    await visitor.get(node.url, '/set?names=z,m,a')
    expect(await namesOn(store, node, visitor)).toEqual(['z', 'm', 'a'])
    await visitor.get(node.url, '/change')
    await visitor.get(node.url, '/set?names=k,b,m')
    expect(await namesOn(store, node, visitor)).toEqual(['z', 'm', 'a', 'k', 'b'])
  })

  test('83. names of a large session keep their order', async ({ store }) => {
    const node = await store.node(shop(pages))
    const visitor = new Visitor()
    await visitor.get(node.url, '/fill')
    expect(await namesOn(store, node, visitor)).toEqual(many)
    await visitor.get(node.url, '/write?k0=changed&new=1')
    expect(await namesOn(store, node, visitor)).toEqual([...many, 'new'])
  })

  test('83. an attribute that is removed and stored again comes last; within one request it keeps its place', async ({
    store,
  }) => {
    const node = await store.node(shop(pages))
    const visitor = new Visitor()
    await visitor.get(node.url, '/set?names=z,m,a')
    await visitor.get(node.url, '/unset?names=m')
    await visitor.get(node.url, '/set?names=m')
    expect(await namesOn(store, node, visitor)).toEqual(['z', 'a', 'm'])
    await visitor.get(node.url, '/again')
    expect(await namesOn(store, node, visitor)).toEqual(['z', 'a', 'm', 'n'])
    await visitor.get(node.url, '/unset?names=a,m,n,z')
    await visitor.get(node.url, '/set?names=z,y')
    expect(await namesOn(store, node, visitor)).toEqual(['z', 'y'])
  })

  test('83. removing and storing again within one request is no change', async ({ store }) => {
    const node = await store.node(shop(pages))
    const visitor = new Visitor()
    await visitor.get(node.url, '/set?names=z,m,a')
    node.traffic.clear()
    await visitor.get(node.url, '/rewrite')
    await visitor.get(node.url, '/same')
    expect(node.traffic.saves).toEqual([])
    expect(await namesOn(store, node, visitor)).toEqual(['z', 'm', 'a'])
  })

  test('83. a number that is incremented keeps its place, and a new one comes last', async ({ store }) => {
    const node = await store.node(shop(pages))
    const visitor = await visitorWith(node.url, 'a=1')
    for (const name of ['z', 'c', 'b', 'z', 'c']) await visitor.get(node.url, `/increment?name=${name}`)
    expect(await namesOn(store, node, visitor)).toEqual(['a', 'z', 'c', 'b'])
  })

  test('83. names that requests add in parallel: both are there, and every node sees one order', async ({ store }) => {
    const gates: Record<string, Gate> = { x: new Gate(), y: new Gate() }
    const held = async ({ session, query }: PageContext) => {
      session[String(query.name)] = 1
      await gates[String(query.name)]?.pass()
    }
    const application = shop({ ...pages, '/held': held })
    const [one, other] = await store.pair(application)
    const visitor = await visitorWith(one.url, 'z=1')
    await visitor.get(other.url, '/read')
    const requests = [visitor.get(one.url, '/held?name=y'), visitor.get(other.url, '/held?name=x')]
    for (const gate of Object.values(gates)) await gate.reached
    for (const gate of Object.values(gates)) gate.open()
    await Promise.all(requests)
    expect(await namesOn(store, await store.node(application), visitor)).toEqual(['z', 'x', 'y'])
  })

  test('83. the end handler gets them in this order', async ({ store }) => {
    const ends: unknown[] = []
    const node = await store.node(shop(pages, { onSessionEnd: ({ session }) => void ends.push(Object.keys(session)) }))
    const visitor = new Visitor()
    await visitor.get(node.url, '/fill')
    await visitor.get(node.url, '/end')
    await expect.poll(() => ends, { interval: 5 }).toEqual([many])
  })

  test('83. names such as 1 are names like any other, until a copy puts them first', async ({ store }) => {
    const node = await store.node(shop(pages))
    const visitor = new Visitor()
    const text = '{"b":1,"a":1,"2":1,"1":1}'
    expect((await visitor.get(node.url, '/integers')).json()).toBe(text)
    const fresh = await store.node(shop(pages))
    expect((await visitor.get(fresh.url, '/json')).json()).toBe(text)
    expect((await visitor.get(fresh.url, '/read')).text).toBe('{"1":1,"2":1,"b":1,"a":1}')
  })
})
