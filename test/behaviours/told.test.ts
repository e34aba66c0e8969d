import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { describe, expect, vi } from 'vitest'
import type { ScopedApplication } from '../../src/koa/application.js'
import { heard } from '../support/heard.js'
import { describeEverywhere } from '../support/matrix.js'
import { type OpenScopes, type Page, sessionPages, shop } from '../support/shop.js'
import { visitorWith } from '../support/visitor.js'

const minute = 60_000

describe('the end of a record that somebody holds on to', () => {
  const held: string[] = []
  /** As a live connection would: it outlives the request. */
  const hold: Page = ({ app, query, scopes }) => {
    const { id = '' } = scopes.session
    const { sessions } = app as unknown as ScopedApplication<OpenScopes>
    sessions.onEnd(id, () => held.push(String(query.as)))
  }
  const application = () => shop({ ...sessionPages, '/hold': hold })
  const told = () => held.splice(0).sort()
  /** A notice takes some real time, which the clocks of the nodes do not show. */
  const areTold = async (...names: string[]) => {
    await vi.waitFor(() => expect(held.toSorted()).toEqual(names), { interval: 5, timeout: 10_000 })
    held.length = 0
  }

  describeEverywhere(({ test }) => {
    test('is told on every node within about a second, once', async ({ store }) => {
      told()
      const [a, b] = await store.pair(application())
      const visitor = await visitorWith(a.url, 'name=ada')
      const neighbour = await visitorWith(a.url, 'name=bob')
      await visitor.get(a.url, '/hold?as=a')
      await visitor.get(b.url, '/hold?as=b')
      await neighbour.get(b.url, '/hold?as=neighbour')
      await store.run(3_000)
      expect(told()).toEqual([])
      await visitor.get(a.url, '/end')
      await store.run(1_200)
      await areTold('a', 'b')
      await store.run(3_000)
      expect(told()).toEqual([])
    })

    test('is told when it expires too', async ({ store }) => {
      told()
      const [a, b] = await store.pair(application(), { session: { timeout: '10m' } })
      const visitor = await visitorWith(a.url, 'name=ada')
      await visitor.get(a.url, '/hold?as=a')
      await visitor.get(b.url, '/hold?as=b')
      store.skip(11 * minute)
      await store.run(2_400)
      await areTold('a', 'b')
    })

    test('is not told any more to who has let go, and a listener that throws keeps nobody else from it', async ({
      store,
    }) => {
      const node = await store.node(shop(sessionPages))
      const visitor = await visitorWith(node.url, 'name=ada')
      const id = (await visitor.get(node.url, '/id')).json()
      const calls: string[] = []
      const letGo = node.app.sessions.onEnd(id, () => calls.push('gone'))
      node.app.sessions.onEnd(id, () => {
        throw new Error('mine')
      })
      node.app.sessions.onEnd(id, () => calls.push('other'))
      letGo()
      await node.app.sessions.end(id)
      expect(calls).toEqual(['other'])
    })
  })
})

describe('events', () => {
  describeEverywhere(({ test }) => {
    test('are on diagnostics_channel too, with the name of the application', async ({ store }) => {
      const messages: unknown[] = []
      const listener = (message: unknown) => void messages.push(message)
      subscribe('koa-scopes:session:start', listener)
      try {
        const node = await store.node(shop(sessionPages))
        const started = heard(node, 'session:start')
        await visitorWith(node.url, 'name=ada')
        expect(messages).toEqual(started.map((what) => ({ application: 'shop', ...what })))
        expect(messages).toHaveLength(1)
      } finally {
        unsubscribe('koa-scopes:session:start', listener)
      }
    })

    test('reach nobody whose listener throws at the cost of the request', async ({ store }) => {
      const node = await store.node(shop(sessionPages))
      node.app.events.on('session:start', () => {
        throw new Error('mine')
      })
      const visitor = await visitorWith(node.url, 'name=ada')
      expect((await visitor.get(node.url, '/read')).json()).toEqual({ name: 'ada' })
    })
  })
})
