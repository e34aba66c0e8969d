import { describe, expect } from 'vitest'
import { heard } from '../support/heard.js'
import { LogLines } from '../support/log-lines.js'
import { describeEverywhere } from '../support/matrix.js'
import { sessionPages, shop } from '../support/shop.js'
import type { Node } from '../support/test-store.js'
import { Visitor, visitorWith } from '../support/visitor.js'

const minute = 60_000

const countsOf = async (node: Node) => {
  const session = (await node.container.health()).applications.shop?.session
  return { refused: session?.refused, unknown: session?.unknown }
}

/** A visitor who knows the id of this one's record and has another secret. */
function thiefOf(visitor: Visitor): { readonly id: string; readonly thief: Visitor } {
  const cookie = visitor.cookies.get('shop_sid') ?? ''
  const [id = '', secret = ''] = cookie.split('.')
  const thief = new Visitor()
  thief.cookies.set('shop_sid', `${id}.${[...secret].reverse().join('')}`)
  return { id, thief }
}

describe('a refused credential', () => {
  describeEverywhere(({ test }) => {
    test('with a wrong secret is an event and a count, on every node, and no line in the log', async ({ store }) => {
      const log = new LogLines()
      const [a, b] = await store.pair(shop(sessionPages), { logger: log.logger })
      const visitor = await visitorWith(a.url, 'name=ada')
      const { id, thief } = thiefOf(visitor)
      for (const node of [a, b]) {
        const refused = heard(node, 'session:refused')
        log.all.length = 0
        for (let n = 1; n <= 50; n += 1) {
          expect((await thief.get(node.url, '/read')).json()).toEqual({})
          expect(refused.length).toBe(n)
        }
        expect(new Set(refused.map((event) => JSON.stringify(event))).size).toBe(1)
        expect(refused[0]).toEqual({ scope: 'session', id, reason: expect.any(String) })
        expect(await countsOf(node)).toEqual({ refused: 50, unknown: 0 })
        expect(log.all).toEqual([])
      }
      expect((await visitor.get(a.url, '/read')).json()).toEqual({ name: 'ada' })
    })

    test('that was right until a moment ago is superseded, and later wrong', async ({ store }) => {
      const node = await store.node(shop(sessionPages))
      const visitor = await visitorWith(node.url, 'name=ada')
      const poll = visitor.clone()
      await visitor.get(node.url, '/rotate')
      const refused = heard(node, 'session:refused')
      await poll.get(node.url, '/read')
      store.skip(2 * minute)
      await visitor.get(node.url, '/read')
      await poll.get(node.url, '/read')
      expect(refused.map(({ reason }) => reason)).toEqual(['superseded', 'wrong'])
      expect(await countsOf(node)).toEqual({ refused: 2, unknown: 0 })
    })

    test('for a record that has ended, or never was, is only counted', async ({ store }) => {
      const node = await store.node(shop(sessionPages))
      const visitor = await visitorWith(node.url, 'name=ada')
      const old = visitor.clone()
      await visitor.get(node.url, '/end')
      const refused = heard(node, 'session:refused')
      await old.get(node.url, '/read')
      const { thief } = thiefOf(old)
      thief.cookies.set(
        'shop_sid',
        (thief.cookies.get('shop_sid') ?? '').replace(/^./, (first) => (first === 'A' ? 'B' : 'A')),
      )
      await thief.get(node.url, '/read')
      expect(refused).toEqual([])
      expect(await countsOf(node)).toEqual({ refused: 0, unknown: 2 })
      thief.cookies.set('shop_sid', 'malformed')
      await thief.get(node.url, '/read')
      expect(await countsOf(node)).toEqual({ refused: 0, unknown: 2 })
    })
  })
})

describe('a login', () => {
  describeEverywhere(({ test }) => {
    for (const then of ['endOldest', 'refuse'] as const) {
      test(`is an event with the principal, and none when it fails: then: ${then}`, async ({ store }) => {
        const session = { limit: { perPrincipal: 1, then } }
        const node = await store.node(shop(sessionPages), { session })
        const logins = heard(node, 'session:login')
        const first = await visitorWith(node.url, 'name=ada')
        store.skip(minute)
        const second = await visitorWith(node.url, 'name=ada')
        const idOf = async (visitor: Visitor) => (await visitor.get(node.url, '/id')).json()
        const login = async (visitor: Visitor) => (await visitor.get(node.url, '/login?as=anna')).status
        const ids = [await idOf(first), await idOf(second)]
        expect(await login(first)).toBe(200)
        store.skip(minute)
        expect(await login(second)).toBe(then === 'refuse' ? 409 : 200)
        node.line.cut('save')
        expect(await login(then === 'refuse' ? first : second)).toBe(503)
        node.line.restore()
        const expected = then === 'refuse' ? ids.slice(0, 1) : ids
        expect(logins).toEqual(expected.map((id) => ({ scope: 'session', id, principal: 'anna' })))
      })
    }

    test('of a visitor without a session has the id of the new one', async ({ store }) => {
      const node = await store.node(shop(sessionPages))
      const logins = heard(node, 'session:login')
      const visitor = new Visitor()
      await visitor.get(node.url, '/login?as=anna')
      expect(logins).toEqual([{ scope: 'session', id: (await visitor.get(node.url, '/id')).json(), principal: 'anna' }])
    })
  })
})
