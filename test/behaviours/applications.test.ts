import { describe, expect, onTestFinished, vi } from 'vitest'
import { recordEnds } from '../support/ends.js'
import { Gate } from '../support/gate.js'
import { describeEverywhere } from '../support/matrix.js'
import { type Page, sessionPages, shop } from '../support/shop.js'
import type { Node } from '../support/test-store.js'
import { type Answer, serve, Visitor, visitorWith } from '../support/visitor.js'

const minute = 60_000

const applicationPages = {
  ...sessionPages,
  '/application': ({ application }) => ({ ...application }),
} satisfies Record<string, Page>

/** Three visitors' first requests, all of which have arrived. */
async function threeRequests({ container }: Node): Promise<Promise<Answer>[]> {
  const listener = container.callback()
  let arrived = 0
  const server = await serve((request, response) => {
    arrived += 1
    listener(request, response)
  })
  onTestFinished(() => server.close())
  const requests = [1, 2, 3].map(() => new Visitor().get(server.url, '/application'))
  await vi.waitFor(() => expect(arrived).toBe(3), { interval: 2 })
  return requests
}

describe('the life of an application', () => {
  describeEverywhere(({ test }) => {
    test('37. starts once, before the first of its first requests, and all of them see what it did', async ({
      store,
    }) => {
      const gate = new Gate()
      let starts = 0
      const node = await store.node(
        shop(applicationPages, {
          async onApplicationStart({ application }) {
            starts += 1
            await gate.pass()
            application.started = starts
          },
        }),
      )
      const requests = await threeRequests(node)
      expect(node.app.scope).toEqual({})
      gate.open()
      for (const request of requests) expect((await request).json()).toEqual({ started: 1 })
      expect(node.app.scope).toEqual({ started: 1 })
    })

    for (const [outcome, status] of [
      ['throws', 500],
      ['returns false', 503],
    ] as const) {
      test(`37. when onApplicationStart ${outcome}, nobody is served, and the next request tries again`, async ({
        store,
      }) => {
        const gate = new Gate()
        const errors: unknown[] = []
        let starts = 0
        const node = await store.node(
          shop(applicationPages, {
            async onApplicationStart({ application }) {
              starts += 1
              application.started = starts
              await gate.pass()
              if (starts > 1) return true
              if (outcome === 'throws') throw new Error('no database')
              return false
            },
            onError: (error, { event }) => void errors.push([event, (error as Error).message]),
          }),
        )
        const requests = await threeRequests(node)
        gate.open()
        for (const request of requests) expect((await request).status).toBe(status)
        expect((await new Visitor().get(node.url, '/application')).json()).toEqual({ started: 2 })
        expect(errors).toEqual(outcome === 'throws' ? [['onApplicationStart', 'no database']] : [])
      })
    }

    test('38. stop() runs onApplicationEnd, sessions survive, and the next request starts it again', async ({
      store,
    }) => {
      const events: string[] = []
      let starts = 0
      const { ends, handlers } = recordEnds()
      const { app, url } = await store.node(
        shop(applicationPages, {
          ...handlers,
          onApplicationStart({ application }) {
            starts += 1
            application.start = starts
            events.push(`start ${starts}`)
          },
          onApplicationEnd: ({ application }) => void events.push(`end ${application.start}`),
        }),
      )
      await app.stop()
      const visitor = await visitorWith(url, 'name=ada')
      await app.stop()
      await app.stop()
      expect(events).toEqual(['start 1', 'end 1'])
      expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada' })
      expect((await visitor.get(url, '/application')).json()).toEqual({ start: 2 })
      expect(events).toEqual(['start 1', 'end 1', 'start 2'])
      expect(ends).toEqual([])
    })

    test('38. idle beyond its timeout it ends, and a request that comes first runs the end before the start', async ({
      store,
    }) => {
      const events: string[] = []
      const definition = shop(applicationPages, {
        onApplicationStart: () => void events.push('start'),
        onApplicationEnd: () => void events.push('end'),
      })
      const { url } = await store.node(definition, { settings: { application: { timeout: '10m' } } })
      const visitor = await visitorWith(url, 'name=ada')
      for (let count = 0; count < 3; count += 1) {
        store.skip(6 * minute)
        await visitor.get(url, '/read')
      }
      expect(events).toEqual(['start'])
      store.skip(10 * minute)
      expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada' })
      expect(events).toEqual(['start', 'end', 'start'])
      store.skip(10 * minute)
      await store.sweep()
      expect(events).toEqual(['start', 'end', 'start', 'end'])
    })

    test('38. an onApplicationEnd that throws is told to onError, and the application has ended all the same', async ({
      store,
    }) => {
      const errors: unknown[] = []
      let starts = 0
      const { app, url } = await store.node(
        shop(applicationPages, {
          onApplicationStart({ application }) {
            starts += 1
            application.start = starts
          },
          onApplicationEnd() {
            throw new Error('no')
          },
          onError: (error, { event }) => void errors.push([event, (error as Error).message]),
        }),
      )
      await new Visitor().get(url, '/application')
      await app.stop()
      expect(errors).toEqual([['onApplicationEnd', 'no']])
      expect((await new Visitor().get(url, '/application')).json()).toEqual({ start: 2 })
    })

    test('38. closing the container ends the application, and no session', async ({ store }) => {
      const events: string[] = []
      const { ends, handlers } = recordEnds()
      const definition = shop(applicationPages, { ...handlers, onApplicationEnd: () => void events.push('end') })
      const first = await store.node(definition)
      const visitor = await visitorWith(first.url, 'name=ada')
      await first.stop()
      expect(events).toEqual(['end'])
      const second = await store.node(definition)
      expect((await visitor.get(second.url, '/read')).json()).toEqual({ name: 'ada' })
      expect(ends).toEqual([])
    })

    test('41. applications on one cache share nothing, however alike their names are', async ({ store }) => {
      const neighbours = ['Shop', 'shop2', 'shop-session', 'sho', 'constructor']
      const { container, url } = await store.node(shop(applicationPages), { neighbours })
      const visitor = new Visitor()
      const bases = [url, ...neighbours.map((name) => `${url}/${name}`)]
      for (const [index, base] of bases.entries()) {
        await visitor.get(base, `/write?index=${index}`)
        await visitor.get(base, '/login?as=ada')
      }
      expect(visitor.cookies.size).toBe(bases.length)
      const ids = []
      for (const [index, base] of bases.entries()) {
        expect((await visitor.get(base, '/read')).json(), base).toEqual({ index: String(index) })
        ids.push((await visitor.get(base, '/id')).json())
      }
      for (const [index, name] of ['shop', ...neighbours].entries()) {
        const { sessions } = container.application(name)
        expect(await sessions.count()).toBe(1)
        expect((await sessions.find({ principal: 'ada' })).map(({ id }) => id)).toEqual([ids[index]])
      }
      await visitor.get(url, '/end')
      for (const [index, base] of bases.entries())
        expect((await visitor.get(base, '/read')).json()).toEqual(index === 0 ? {} : { index: String(index) })
    })

    test('41. the credential of one application says nothing to another', async ({ store }) => {
      const { url } = await store.node(shop(applicationPages), { neighbours: ['blog'] })
      const visitor = await visitorWith(url, 'name=ada')
      const headers = { cookie: `blog_sid=${visitor.cookies.get('shop_sid')}` }
      expect((await new Visitor().get(`${url}/blog`, '/read', { headers })).text).toBe('{}')
    })
  })
})
