import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test as plainTest } from 'vitest'
import type { ConfigProblem } from '../../src/errors/error-table.js'
import { quietContainer, withFolder } from '../support/container.js'
import { heard } from '../support/heard.js'
import { describeClustered, describeEverywhere, describeMemoryFirst } from '../support/matrix.js'
import { type Page, sessionPages, shop } from '../support/shop.js'
import { type Answer, Visitor, visitorWith } from '../support/visitor.js'

const minute = 60_000

const pages = {
  ...sessionPages,
  '/plain': () => 'hello',
  '/push': ({ session }) => {
    session.cart ??= []
    session.cart.push('book')
  },
} satisfies Record<string, Page>

/** 503, with the advice to come back, and without a word about the cookie. */
function expectUnavailable(answer: Answer): void {
  expect(answer).toMatchObject({ status: 503, setCookie: [], text: 'Service Unavailable' })
  expect(answer.headers.get('retry-after')).toBe('5')
}

describe('a configuration with mistakes', () => {
  plainTest('42. is refused at start, all mistakes at once, each with its place and its remedy', () =>
    withFolder(async (folder) => {
      const file = join(folder, 'app.config.yaml')
      const yaml = `caches:
  objects: { driver: memory }
applications:
  shop:
    session: { storage: objcts }
    client: { storage: objects, timeout: soon }
  blog:
    mount: /blog
    session: { cluster: true, tiemout: 30m }
`
      await writeFile(file, yaml)
      const failure = await quietContainer(file, { applications: { shop: {}, blog: {} } }).catch((error) => error)
      expect(failure.code).toBe('CONFIG_INVALID')
      const problems: ConfigProblem[] = failure.details.problems
      const places = problems.map(({ line, column, path }) => `${line}:${column} ${path}`)
      expect(places.sort()).toEqual([
        '5:25 applications.shop.session.storage',
        '6:24 applications.shop.client.storage',
        '6:42 applications.shop.client.timeout',
        '9:25 applications.blog.session.cluster',
        '9:31 applications.blog.session.tiemout',
      ])
      for (const hint of ['Did you mean objects?', 'storage: true', 'Did you mean timeout?', 'cluster: false', '30m'])
        expect(failure.message).toContain(hint)
    }),
  )
})

describe('a store that cannot be reached, with whenUnavailable: fail', () => {
  const session = { whenUnavailable: 'fail' } as const

  describeEverywhere(({ test }) => {
    test('43. at load: 503 with Retry-After and never an empty session, until it is back', async ({ store }) => {
      const [a, b] = await store.pair(shop(pages), { session })
      const visitor = await visitorWith(a.url, 'name=ada')
      b.line.cut()
      for (const path of ['/read', '/write?name=eve', '/end', '/id', '/principal', '/rotate', '/login?as=eve'])
        expectUnavailable(await visitor.get(b.url, path))
      b.line.restore()
      expect((await visitor.get(b.url, '/read')).json()).toEqual({ name: 'ada' })
    })

    test('43. onError does not find an empty session either', async ({ store }) => {
      const seen: unknown[] = []
      const definition = shop(pages, {
        onError(_, { event, ctx }) {
          seen.push(event)
          seen.push({ ...ctx?.session })
        },
      })
      const [a, b] = await store.pair(definition, { session })
      const visitor = await visitorWith(a.url, 'name=ada')
      b.line.cut('load')
      expectUnavailable(await visitor.get(b.url, '/read'))
      expect(seen).toEqual(['onRequest'])
    })

    test('92. a page that needs no session is served, and begins none', async ({ store }) => {
      const served: string[] = []
      const handlers = {
        onSessionStart: () => void served.push('begun'),
        onRequestStart: () => void served.push('page'),
      }
      const [a, b] = await store.pair(shop(pages, handlers), { session, client: session })
      const visitor = await visitorWith(a.url, 'name=ada')
      b.line.cut()
      served.length = 0
      expect(await visitor.get(b.url, '/plain')).toMatchObject({ status: 200, text: '"hello"', setCookie: [] })
      expect(served).toEqual(['page'])
      expectUnavailable(await visitor.get(b.url, '/read'))
      b.line.restore()
      expect((await visitor.get(b.url, '/read')).json()).toEqual({ name: 'ada' })
    })

    test('94. the answer that onError sets is sent also if the commit fails, with Retry-After', async ({ store }) => {
      const definition = shop(pages, {
        onError(_, { event, ctx }) {
          if (ctx) ctx.body = `sorry: ${event}`
        },
      })
      const { line, url } = await store.node(definition, { session })
      const visitor = await visitorWith(url, 'name=ada')
      line.cut('save')
      const answer = await visitor.get(url, '/write?name=eve')
      expect(answer).toMatchObject({ status: 503, text: 'sorry: commit', setCookie: [] })
      expect(answer.headers.get('retry-after')).toBe('5')
      const stranger = await new Visitor().get(url, '/write?name=eve')
      expect(stranger).toMatchObject({ status: 503, text: 'sorry: commit' })
      // Memory-first, this node holds what it could not store, and stores it later.
      expect(stranger.setCookie).toHaveLength(store.cluster ? 0 : 1)
    })

    test('43. a session that cannot be stored is 503, whether or not its visitor has begun it', async ({ store }) => {
      const node = await store.node(shop(pages, { onSessionStart() {} }), { session })
      node.line.cut('save')
      expect((await new Visitor().get(node.url, '/write?name=ada')).status).toBe(503)
      node.line.restore()
      const visitor = await visitorWith(node.url, 'name=ada')
      expect((await visitor.get(node.url, '/read')).json()).toEqual({ name: 'ada' })
    })

    test('43. at rotate, login and invalidate: 503, and the old cookie works on', async ({ store }) => {
      const { line, url } = await store.node(shop(pages), { session })
      const visitor = await visitorWith(url, 'name=ada')
      line.cut('save')
      for (const path of ['/rotate', '/login?as=ada', '/end']) expectUnavailable(await visitor.get(url, path))
      line.restore()
      expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada' })
      expect((await visitor.get(url, '/principal')).json()).toBeNull()
    })
  })

  describeClustered(({ test }) => {
    test('43. at commit: 503, nothing of the request is saved', async ({ store }) => {
      const { line, url } = await store.node(shop(pages))
      const visitor = await visitorWith(url, 'name=ada')
      line.cut('save')
      for (const path of ['/write?name=eve', '/push']) expectUnavailable(await visitor.get(url, path))
      line.restore()
      expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada' })
    })
  })
})

describe('a store that does not answer', () => {
  describeClustered(({ test }) => {
    test('45. ends requests at the deadline, not later, and blocks nobody else', async ({ store }) => {
      const { line, url } = await store.node(shop(pages))
      const visitor = await visitorWith(url, 'name=ada')
      line.holdEvery()
      const hanging = ['/read', '/write?name=eve'].map((path) => visitor.get(url, path))
      expect((await new Visitor().get(url, '/plain')).json()).toBe('hello')
      await store.clock.advance(4_999)
      expect((await new Visitor().get(url, '/plain')).json()).toBe('hello')
      await store.clock.advance(1)
      for (const request of hanging) expectUnavailable(await request)
      line.restore()
      expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada' })
    })

    test('45. applies nothing after the deadline of its caller', async ({ store }) => {
      const { line, url } = await store.node(shop(pages))
      const visitor = await visitorWith(url, 'name=ada')
      const save = line.hold('save')
      const request = visitor.get(url, '/write?name=eve')
      await save.reached
      await store.clock.advance(5_000)
      expectUnavailable(await request)
      save.open()
      expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada' })
    })
  })

  describeMemoryFirst(({ test }) => {
    test('45. holds up no request of a session in memory but one that changed it, and that until the deadline', async ({
      store,
    }) => {
      const { line, url } = await store.node(shop(pages))
      const visitor = await visitorWith(url, 'name=ada')
      const save = line.hold('save')
      const write = visitor.get(url, '/write?name=lovelace')
      await save.reached
      expect((await visitor.get(url, '/read')).status).toBe(200)
      await store.clock.advance(5_000)
      expect((await write).status).toBe(200)
      save.open()
      await store.run(minute)
      const other = await store.node(shop(pages))
      expect((await visitor.get(other.url, '/read')).json()).toEqual({ name: 'lovelace' })
    })

    test('45. ends a request that needs it at the deadline', async ({ store }) => {
      const [a, b] = await store.pair(shop(pages))
      const visitor = await visitorWith(a.url, 'name=ada')
      b.line.holdEvery()
      const load = visitor.get(b.url, '/read')
      await new Visitor().get(b.url, '/plain')
      await store.clock.advance(5_000)
      expectUnavailable(await load)
    })
  })
})

describe('a store that cannot be reached, with whenUnavailable: local', () => {
  describeMemoryFirst(({ test }) => {
    test('44. sessions in memory go on, and all that was written is in the store when it is back', async ({
      store,
    }) => {
      const [a, b] = await store.pair(shop(pages))
      const [known, changing] = [await visitorWith(a.url, 'name=ada'), await visitorWith(a.url, 'name=byron')]
      const [downs, ups] = [heard(a, 'storage:unavailable'), heard(a, 'storage:available')]
      a.line.cut()
      const begun = await visitorWith(a.url, 'name=grace')
      expect(begun.cookies.size).toBe(1)
      for (const path of ['/push', '/push', '/write?name=lovelace'])
        expect(await changing.get(a.url, path), path).toMatchObject({ status: 200, setCookie: [] })
      store.skip(2 * minute)
      await store.run(5_000)
      expect((await known.get(a.url, '/read')).json()).toEqual({ name: 'ada' })
      expect([downs.map(({ scope }) => scope), ups]).toEqual([['session', 'client'], []])

      a.line.restore()
      await store.run(minute)
      expect(downs).toHaveLength(2)
      expect(ups.map(({ scope }) => scope).sort()).toEqual(['client', 'session'])
      expect((await changing.get(b.url, '/read')).json()).toEqual({ name: 'lovelace', cart: ['book', 'book'] })
      expect((await begun.get(b.url, '/read')).json()).toEqual({ name: 'grace' })
    })

    test('44. an id that is not in memory gets 503', async ({ store }) => {
      const [a, b] = await store.pair(shop(pages))
      const visitor = await visitorWith(a.url, 'name=ada')
      b.line.cut()
      for (const path of ['/read', '/write?name=eve']) expectUnavailable(await visitor.get(b.url, path))
      b.line.restore()
      expect((await visitor.get(b.url, '/read')).json()).toEqual({ name: 'ada' })
    })

    test('44. rotate, login and invalidate need the store: 503, and the session goes on as it was', async ({
      store,
    }) => {
      const { line, url } = await store.node(shop(pages))
      const visitor = await visitorWith(url, 'name=ada')
      line.cut()
      for (const path of ['/rotate', '/login?as=ada', '/end']) expectUnavailable(await visitor.get(url, path))
      expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada' })
      line.restore()
      for (const path of ['/login?as=ada', '/rotate']) expect((await visitor.get(url, path)).setCookie).toHaveLength(1)
      expect((await visitor.get(url, '/principal')).json()).toBe('ada')
    })

    test('44. a session that an admin ended meanwhile stays ended, and the loss is told', async ({ store }) => {
      const [a, b] = await store.pair(shop(pages))
      const visitor = await visitorWith(a.url, 'name=ada')
      const id = (await visitor.get(a.url, '/id')).json()
      const lost = heard(a, 'scope:lost')
      a.line.cut()
      await visitor.get(a.url, '/write?name=lovelace')
      await b.app.sessions.end(id)
      a.line.restore()
      await store.run(minute)
      expect(lost).toEqual([{ scope: 'session', id }])
      for (const { url } of [a, b]) expect((await visitor.get(url, '/read')).text).toBe('{}')
      expect(await b.app.sessions.count()).toBe(0)
    })

    test('44. once it is back, what waits is saved before anything ends, whenever the next try would have been', async ({
      store,
    }) => {
      const [a, b] = await store.pair(shop(pages), { session: { timeout: '10m' } })
      const visitor = await visitorWith(a.url, 'name=ada')
      const endsInStore = store.clock.now() + 11 * minute
      a.line.cut()
      store.skip(5 * minute)
      await visitor.get(a.url, '/write?late=1')
      await store.run(minute)
      store.skip(endsInStore - store.clock.now() - 2_000)
      await store.run(1)
      a.line.restore()
      await store.sweep()
      store.skip(minute)
      expect((await visitor.get(b.url, '/read')).json()).toEqual({ name: 'ada', late: '1' })
    })

    test('44. what another node changed meanwhile is kept beside what was changed here', async ({ store }) => {
      const [a, b] = await store.pair(shop(pages))
      const visitor = await visitorWith(a.url, 'name=ada')
      a.line.cut()
      await visitor.get(a.url, '/write?here=1')
      await visitor.get(b.url, '/write?there=1')
      a.line.restore()
      await store.run(minute)
      for (const { url } of [a, b])
        expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada', here: '1', there: '1' })
    })
  })
})
