import { setImmediate } from 'node:timers/promises'
import { describe, expect } from 'vitest'
import { recordEnds } from '../support/ends.js'
import { Gate } from '../support/gate.js'
import { describeEverywhere } from '../support/matrix.js'
import { type PageContext, sessionPages, shop } from '../support/shop.js'
import { type Visitor, visitorWith } from '../support/visitor.js'

const minute = 60_000

const idOf = (visitor: Visitor) => visitor.cookies.get('shop_sid')?.split('.')[0] ?? ''

async function loggedIn(url: string, principal: string): Promise<Visitor> {
  const visitor = await visitorWith(url, 'seen=1')
  await visitor.get(url, `/login?as=${principal}`)
  return visitor
}

describe('a directory', () => {
  describeEverywhere(({ test }) => {
    test('tells of each session what its handle tells', async ({ store }) => {
      const { app, url } = await store.node(shop(sessionPages), { session: { timeout: '10m' } })
      const visitor = await visitorWith(url, 'name=ada')
      const begun = store.clock.now()
      store.skip(5 * minute)
      await visitor.get(url, '/login?as=ada')
      const slack = store.cluster ? 0 : minute
      expect(await app.sessions.find({ principal: 'ada' })).toEqual([
        {
          id: idOf(visitor),
          timeCreated: new Date(begun),
          lastVisit: new Date(begun + 5 * minute),
          expiresAt: new Date(begun + 15 * minute + slack),
          principal: 'ada',
          hits: 2,
          description: null,
          current: false,
        },
      ])
    })

    test('lists every live record once, page by page, and counts them', async ({ store }) => {
      const { app, url } = await store.node(shop(sessionPages))
      const visitors = await Promise.all(Array.from({ length: 25 }, (_, index) => visitorWith(url, `index=${index}`)))
      await visitors.pop()?.get(url, '/end')
      const ids: string[] = []
      let cursor: string | undefined
      do {
        const page = await app.sessions.list({ limit: 10, ...(cursor !== undefined && { cursor }) })
        expect(page.items.length).toBeLessThanOrEqual(10)
        ids.push(...page.items.map(({ id }) => id))
        cursor = page.cursor
      } while (cursor !== undefined)
      expect(ids.toSorted()).toEqual(visitors.map(idOf).toSorted())
      expect((await app.sessions.list()).items).toHaveLength(24)
      expect(await app.sessions.count()).toBe(24)
      expect(await app.clients.count()).toBe(0)
    })

    test('lists only the records of a principal, or those whose id begins so', async ({ store }) => {
      const { app, url } = await store.node(shop(sessionPages))
      const ada = await loggedIn(url, 'ada')
      const other = await visitorWith(url, 'name=bob')
      const listed = async (options: Parameters<typeof app.sessions.list>[0]) =>
        (await app.sessions.list(options)).items.map(({ id }) => id)
      expect(await listed({ principal: 'ada' })).toEqual([idOf(ada)])
      expect(await listed({ principal: 'nobody' })).toEqual([])
      expect(await listed({ idPrefix: idOf(other).slice(0, 12) })).toEqual([idOf(other)])
      expect(await listed({ idPrefix: idOf(other).slice(1) })).toEqual([])
      for (const wrong of [{ principal: 5 }, { idPrefix: 5 }])
        await expect(app.sessions.list(wrong as object)).rejects.toThrow(TypeError)
    })

    test('shows a record to an operator, who touches nothing', async ({ store }) => {
      const { app, url } = await store.node(shop(sessionPages))
      const visitor = await loggedIn(url, 'ada')
      const id = idOf(visitor)
      const [before] = await app.sessions.find({ principal: 'ada' })
      store.skip(minute)
      const { isUnsaved, attributes, authenticatedAt, ...shown } = (await app.sessions.show(id)) ?? {}
      expect({ ...shown, current: false }).toEqual(before)
      expect(authenticatedAt).toEqual(before?.lastVisit)
      expect(isUnsaved).toBe(false)
      expect(attributes).toEqual([{ name: 'seen', bytes: expect.any(Number), value: '1' }])
      expect(await app.sessions.find({ principal: 'ada' }), 'the look is no visit').toEqual([before])
      await app.sessions.end(id)
      expect(await app.sessions.show(id)).toBeUndefined()
      expect(await app.sessions.show('unknown')).toBeUndefined()
      expect(await app.sessions.show('')).toBeUndefined()
    })

    test('ends a session on every node, and its onSessionEnd runs', async ({ store }) => {
      const { ends, handlers } = recordEnds()
      const [a, b] = await store.pair(shop(sessionPages, handlers))
      const visitor = await visitorWith(a.url, 'name=ada')
      const id = idOf(visitor)
      expect(await b.app.sessions.end(id)).toBe(1)
      expect(await b.app.sessions.end(id)).toBe(0)
      expect(await b.app.sessions.end('unknown')).toBe(0)
      store.skip(minute)
      for (const { url } of [a, b]) expect((await visitor.get(url, '/read')).text).toBe('{}')
      await store.sweep()
      expect(ends).toEqual([{ session: { name: 'ada' }, reason: 'ended', attempt: 1 }])
    })

    test('ends all sessions of a principal but one', async ({ store }) => {
      const [a, b] = await store.pair(shop(sessionPages))
      const [own, other, third] = [
        await loggedIn(a.url, 'ada'),
        await loggedIn(a.url, 'ada'),
        await loggedIn(b.url, 'ada'),
      ]
      const stranger = await loggedIn(b.url, 'byron')
      expect(await a.app.sessions.end({ principal: 'ada' }, { except: idOf(own) })).toBe(2)
      store.skip(minute)
      for (const visitor of [own, stranger]) expect((await visitor.get(b.url, '/read')).json()).toEqual({ seen: '1' })
      for (const visitor of [other, third]) expect((await visitor.get(b.url, '/read')).text).toBe('{}')
      expect(await a.app.sessions.end({ principal: 'ada' })).toBe(1)
    })

    test('tries all of a principal before it throws that one could not be ended', async ({ store }) => {
      const { app, line, url } = await store.node(shop(sessionPages))
      const [first] = await Promise.all([loggedIn(url, 'ada'), loggedIn(url, 'ada')])
      line.failSavesOf(idOf(first))
      const other = line.hold('save')
      let hasFailed = false
      const ending = app.sessions.end({ principal: 'ada' }).catch((error) => {
        hasFailed = true
        return error
      })
      await other.reached
      await setImmediate()
      expect(hasFailed).toBe(false)
      other.open()
      expect(await ending).toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
      expect(await app.sessions.find({ principal: 'ada' })).toHaveLength(1)
    })

    test('throws for a scope that is not declared, and says how to declare it', async ({ store }) => {
      const { app } = await store.node(shop(sessionPages), { client: false })
      expect(() => app.clients).toThrow(
        /^The application shop has no client scope\. Declare it .*shop: \{ client: \{\} \}/,
      )
    })
  })
})

describe('open() of a directory', () => {
  describeEverywhere(({ test }) => {
    test('runs on the data of a record outside of any request, and saves what it changed', async ({ store }) => {
      const [a, b] = await store.pair(shop(sessionPages))
      const visitor = await visitorWith(a.url, 'name=ada')
      const result = await b.app.sessions.open(idOf(visitor), (session, handle) => {
        session.roles = ['admin']
        return [session.name, handle.id, handle.isNew]
      })
      expect(result).toEqual(['ada', idOf(visitor), false])
      store.skip(minute)
      for (const { url } of [a, b])
        expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada', roles: ['admin'] })
    })

    test('returns undefined and runs nothing when there is no such record', async ({ store }) => {
      const { app, url } = await store.node(shop(sessionPages))
      const visitor = await visitorWith(url, 'name=ada')
      await visitor.clone().get(url, '/end')
      for (const id of [idOf(visitor), 'unknown'])
        expect(await app.sessions.open(id, () => expect.unreachable())).toBeUndefined()
    })

    test('saves nothing when the function throws', async ({ store }) => {
      const { app, url } = await store.node(shop(sessionPages))
      const visitor = await visitorWith(url, 'name=ada')
      const failing = app.sessions.open(idOf(visitor), (session) => {
        session.name = 'eve'
        throw new Error('no')
      })
      await expect(failing).rejects.toThrow('no')
      expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada' })
    })

    test('is no access: it neither prolongs the life nor counts a hit', async ({ store }) => {
      const { app, url } = await store.node(shop(sessionPages), { session: { timeout: '10m' } })
      const visitor = await visitorWith(url, 'name=ada')
      const [before] = (await app.sessions.list()).items
      store.skip(5 * minute)
      await app.sessions.open(idOf(visitor), (session) => {
        session.job = true
      })
      expect((await app.sessions.list()).items).toEqual([before])
      store.skip(7 * minute)
      expect((await visitor.get(url, '/read')).text).toBe('{}')
    })

    test('and a request that runs at the same time keep each other’s changes', async ({ store }) => {
      let gate = new Gate()
      const slow = async ({ session }: PageContext) => {
        await gate.pass()
        session.slow = true
      }
      const [a, b] = await store.pair(shop({ ...sessionPages, '/slow': slow }))
      for (const node of [a, b]) {
        gate = new Gate()
        const visitor = await visitorWith(a.url, 'name=ada')
        const request = visitor.get(a.url, '/slow')
        await gate.reached
        await node.app.sessions.open(idOf(visitor), (session) => {
          session.job = true
        })
        gate.open()
        await request
        store.skip(minute)
        expect((await visitor.get(a.url, '/read')).json()).toEqual({ name: 'ada', job: true, slow: true })
      }
    })

    test('can change the principal, rotate and end', async ({ store }) => {
      const { app, url } = await store.node(shop(sessionPages))
      const visitor = await visitorWith(url, 'name=ada')
      await app.sessions.open(idOf(visitor), (_, handle) => handle.login('ada'))
      expect(await app.sessions.find({ principal: 'ada' })).toHaveLength(1)
      expect((await visitor.get(url, '/read')).text).toBe('{}')
      await app.sessions.open(idOf(visitor), (_, handle) => handle.invalidate())
      expect((await app.sessions.list()).items).toEqual([])
    })
  })
})
