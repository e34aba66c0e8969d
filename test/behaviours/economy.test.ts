import { expect } from 'vitest'
import { describeEverywhere } from '../support/matrix.js'
import { type PageContext, shop } from '../support/shop.js'
import { Visitor } from '../support/visitor.js'

/** A value that is known by its name when it is encoded and decoded. */
class Noted {
  readonly name: string
  count = 0

  constructor(name: string) {
    this.name = name
  }
}

function notingType() {
  const [encoded, decoded]: [string[], string[]] = [[], []]
  const noted = {
    is: (value: unknown): value is Noted => value instanceof Noted,
    serialize({ name, count }: Noted) {
      encoded.push(name)
      return { name, count }
    },
    deserialize({ name, count }: { name: string; count: number }) {
      decoded.push(name)
      return Object.assign(new Noted(name), { count })
    },
  }
  return { encoded, decoded, types: { custom: { noted } } }
}

const names = Array.from({ length: 50 }, (_, n) => `n${n}`)

const pages = {
  '/fill': ({ session }: PageContext) => {
    for (const name of names) session[name] = new Noted(name)
    session.plain = 1
  },
  '/one': ({ session }: PageContext) => session.n7.name,
  '/plain': ({ session }: PageContext) => session.plain,
  '/names': ({ session }: PageContext) => Reflect.ownKeys(session),
  '/keys': ({ session }: PageContext) => Object.keys(session),
  '/change': ({ session }: PageContext) => {
    session.n7.count += 1
    session.plain += 1
  },
}

describeEverywhere(({ test, cluster, learns }) => {
  test('20. of fifty attributes, one read and none written, only that one is decoded and only that one compared', async ({
    store,
  }) => {
    const writer = await store.node(shop(pages), notingType())
    const visitor = new Visitor()
    await visitor.get(writer.url, '/fill')
    const { types, encoded, decoded } = notingType()
    const node = await store.node(shop(pages), { types })
    expect((await visitor.get(node.url, '/one')).json()).toBe('n7')
    expect({ decoded, encoded: new Set(encoded) }).toEqual({ decoded: ['n7'], encoded: new Set(['n7']) })
    expect(node.traffic.operations).toEqual(['load'])
  })

  test('20. a node that has the record asks the store in one small command, by a look, or not at all', async ({
    store,
  }) => {
    const node = await store.node(shop(pages), notingType())
    const visitor = new Visitor()
    await visitor.get(node.url, '/fill')
    await visitor.get(node.url, '/one')
    for (const path of ['/one', '/one', '/change', '/one']) {
      node.traffic.clear()
      await visitor.get(node.url, path)
      const answers = node.traffic.loads.map(({ answer }) => answer)
      expect(answers).toEqual(cluster ? [expect.objectContaining({ status: 'unchanged' })] : [])
      expect(node.traffic.looks).toEqual(!cluster && learns === 'at its next request' ? [true] : [])
    }
    expect(node.traffic.saves).toEqual([])
  })

  test('with cluster: true a record that has just begun takes no memory of its node until its visitor comes back', async ({
    store,
  }) => {
    const node = await store.node(shop(pages), notingType())
    const visitor = new Visitor()
    for (const path of ['/fill', '/one', '/one']) await visitor.get(node.url, path)
    const expected = cluster ? ['loaded', 'unchanged'] : []
    expect(node.traffic.loads.map(({ answer }) => answer)).toMatchObject(expected.map((status) => ({ status })))
  })

  test('a request that reads a primitive value or lists the names decodes nothing else; one that lists the keys encodes nothing', async ({
    store,
  }) => {
    const writer = await store.node(shop(pages), notingType())
    const visitor = new Visitor()
    await visitor.get(writer.url, '/fill')
    const { types, encoded, decoded } = notingType()
    const node = await store.node(shop(pages), { types })
    expect((await visitor.get(node.url, '/plain')).json()).toBe(1)
    expect((await visitor.get(node.url, '/names')).json()).toHaveLength(51)
    expect({ decoded, encoded }).toEqual({ decoded: [], encoded: [] })
    expect((await visitor.get(node.url, '/keys')).json()).toHaveLength(51)
    expect({ decoded: decoded.toSorted(), encoded }).toEqual({ decoded: names.toSorted(), encoded: [] })
  })

  test('of fifty-one attributes, two changed, only those two are sent', async ({ store }) => {
    const node = await store.node(shop(pages), notingType())
    const visitor = new Visitor()
    await visitor.get(node.url, '/fill')
    node.traffic.clear()
    await visitor.get(node.url, '/change')
    expect(node.traffic.saves.map(({ set }) => [...(set?.keys() ?? [])].sort())).toEqual([['n7', 'plain']])
  })

  test('the session and the client of a request are loaded in the same turn and saved in the same turn', async ({
    store,
  }) => {
    const page = ({ session, client }: PageContext) => {
      session.count = (session.count ?? 0) + 1
      client.count = (client.count ?? 0) + 1
    }
    const writer = await store.node(shop({ '/': page }))
    const visitor = new Visitor()
    await visitor.get(writer.url)
    const node = await store.node(shop({ '/': page }))
    for (const operation of ['load', 'save'] as const) {
      const held = node.line.hold(operation)
      const request = visitor.get(node.url)
      await held.reached
      await node.traffic.settled()
      const arrived = node.traffic.exchanges.filter((exchange) => exchange.operation === operation)
      expect(
        arrived.map(({ space }) => space),
        `the ${operation} that was not held`,
      ).toEqual(['shop:client'])
      held.open()
      await request
      node.traffic.clear()
    }
  })
})
