import { describe, expect } from 'vitest'
import { describeEverywhere } from '../support/matrix.js'
import { type PageContext, sessionPages, shop } from '../support/shop.js'
import { Visitor } from '../support/visitor.js'

class Cart {
  items: string[] = []
}

const kind = <T>(name: string, create: () => T, change: (value: T) => unknown) => ({
  name,
  create,
  change: change as (value: unknown) => unknown,
})

const kinds = [
  kind(
    'an object',
    () => ({ address: { city: 'Ulm' } }),
    ({ address }) => Object.assign(address, { city: 'Bonn' }),
  ),
  kind(
    'an array',
    () => [['pen'], ['ink']],
    ([, second]) => second?.push('red'),
  ),
  kind(
    'a Map',
    () => new Map([['pen', ['blue']]]),
    (map) => map.get('pen')?.push('red'),
  ),
  kind(
    'a Set',
    () => new Set(['pen']),
    (set) => set.add('ink'),
  ),
  kind(
    'a Date',
    () => new Date(0),
    (date) => date.setUTCFullYear(2030),
  ),
  kind(
    'an instance of a class',
    () => new Cart(),
    ({ items }) => items.push('pen'),
  ),
]

const types = { classes: { Cart } }

describeEverywhere(({ test }) => {
  test.for(kinds)('14. what is changed inside of $name is stored', async ({ create, change }, { store }) => {
    const seen: unknown[] = []
    const pages = {
      '/create': ({ session }: PageContext) => {
        session.value = create()
      },
      '/change': ({ session }: PageContext) => {
        change(session.value)
      },
      '/see': ({ session }: PageContext) => void seen.push(session.value),
    }
    const node = await store.node(shop(pages), { types })
    const fresh = await store.node(shop(pages), { types })
    const visitor = new Visitor()
    await visitor.get(node.url, '/create')
    await visitor.get(node.url, '/change')
    for (const { url } of [node, fresh]) await visitor.get(url, '/see')
    const expected = create()
    change(expected)
    expect(seen).toEqual([expected, expected])
  })

  test('14. what is changed inside of a value after it was assigned or committed is stored, too', async ({ store }) => {
    const page = async ({ session, scopes }: PageContext) => {
      const cart = ['assigned']
      session.cart = cart
      cart.push('then changed')
      await scopes.session.commit()
      cart.push('then committed')
    }
    const pages = { ...sessionPages, '/fill': page }
    const node = await store.node(shop(pages))
    const fresh = await store.node(shop(pages))
    const visitor = new Visitor()
    await visitor.get(node.url, '/fill')
    const cart = ['assigned', 'then changed', 'then committed']
    expect((await visitor.get(fresh.url, '/read')).json()).toEqual({ cart })
  })

  describe('21. nothing is saved', () => {
    const unchanging: Record<string, (session: PageContext['session']) => void> = {
      'when everything is read': (session) => void JSON.stringify(session),
      'when equal values are assigned': (session) => {
        session.cart = [{ name: 'pen', count: 1 }]
        session.since = new Date(0)
        session.tags = new Set(['new'])
        session.name = 'ada'
      },
      'when values are assigned to themselves': (session) => void Object.assign(session, session),
      'when a change is taken back': (session) => {
        session.cart.push('ink')
        session.cart.pop()
        session.name = 'bob'
        session.name = 'ada'
        delete session.tags
        session.tags = new Set(['new'])
      },
      'when what is not there is removed': (session) => {
        delete session.unknown
        session.passing = 1
        delete session.passing
      },
    }
    test.for(Object.entries(unchanging))('%s', async ([, use], { store }) => {
      const page = ({ session }: PageContext) => {
        const cart = [{ name: 'pen', count: 1 }]
        Object.assign(session, { cart, since: new Date(0), tags: new Set(['new']), name: 'ada' })
      }
      const node = await store.node(shop({ '/fill': page, '/use': ({ session }) => use(session) }))
      const visitor = new Visitor()
      await visitor.get(node.url, '/fill')
      node.traffic.clear()
      const { status, setCookie } = await visitor.get(node.url, '/use')
      expect({ status, setCookie }).toEqual({ status: 200, setCookie: [] })
      expect(node.traffic.saves).toEqual([])
    })
  })

  describe('21. after a deploy that encodes the same value differently', () => {
    class Money {
      readonly cents: number

      constructor(cents: number) {
        this.cents = cents
      }
    }
    const is = (value: unknown): value is Money => value instanceof Money
    const money = {
      is,
      serialize: (it: Money) => `${it.cents}`,
      deserialize: (text: string) => new Money(Number(text)),
    }
    const newMoney = {
      is,
      serialize: ({ cents }: Money) => ({ cents }),
      deserialize: (json: string | { cents: number }) =>
        new Money(typeof json === 'string' ? Number(json) : json.cents),
    }
    const before = { types: { custom: { money } } }
    const after = { types: { custom: { money: newMoney } } }
    const pages = {
      '/fill': ({ session }: PageContext) => {
        session.price = new Money(1)
        session.prices = [new Money(2)]
      },
      '/sum': ({ session }: PageContext) => session.price.cents + session.prices[0].cents,
      '/same': ({ session }: PageContext) => {
        session.price = new Money(1)
      },
      '/raise': ({ session }: PageContext) => {
        session.prices[0] = new Money(3)
      },
    }

    test('a request that reads it, or assigns an equal value, saves nothing', async ({ store }) => {
      const old = await store.node(shop(pages), before)
      const visitor = new Visitor()
      await visitor.get(old.url, '/fill')
      await old.stop()
      const deployed = await store.node(shop(pages), after)
      expect((await visitor.get(deployed.url, '/sum')).json()).toBe(3)
      expect((await visitor.get(deployed.url, '/same')).status).toBe(200)
      expect(deployed.traffic.saves).toEqual([])
    })

    test('a change is found and is all that is saved', async ({ store }) => {
      const old = await store.node(shop(pages), before)
      const visitor = new Visitor()
      await visitor.get(old.url, '/fill')
      await old.stop()
      const deployed = await store.node(shop(pages), after)
      await visitor.get(deployed.url, '/sum')
      await visitor.get(deployed.url, '/raise')
      expect(deployed.traffic.saves.map(({ set }) => [...(set?.keys() ?? [])])).toEqual([['prices']])
      const fresh = await store.node(shop(pages), after)
      expect((await visitor.get(fresh.url, '/sum')).json()).toBe(4)
    })
  })
})
