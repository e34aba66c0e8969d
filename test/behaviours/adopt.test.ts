import { describe, expect } from 'vitest'
import { fromCookies, type Taken } from '../../src/adopt/index.js'
import type { EventHandlers } from '../../src/koa/handlers.js'
import { visitor as testVisitor } from '../../src/testing/visitor.js'
import { connected } from '../support/connecting.js'
import { Gate } from '../support/gate.js'
import { heard } from '../support/heard.js'
import { LogLines } from '../support/log-lines.js'
import { describeEverywhere, describeInMemory } from '../support/matrix.js'
import { type Old, OldStore, userAndCart } from '../support/old-store.js'
import { type OpenScopes, type Page, sessionPages, shop } from '../support/shop.js'
import { unhandledRejections } from '../support/unhandled-rejections.js'
import { type Answer, Visitor } from '../support/visitor.js'

const pages = {
  ...sessionPages,
  '/': ({ session, scopes }) => ({ user: scopes.session.principal, ...session }),
  '/plain': () => 'no session',
} satisfies Record<string, Page>

/** A shop that adopts from this store. */
const heir = (old: OldStore, handlers: EventHandlers<OpenScopes> = {}) =>
  shop(pages, { adopt: old.source(), ...handlers })

const anna = { user: 'anna', cart: 'tea' }
const nobody = { user: null }

const cookiesOf = ({ cookies }: Visitor) => [...cookies.keys()]
const statusAndCookies = ({ status, setCookie }: Answer) => [status, setCookie]

describe('the session of an earlier program', () => {
  describeEverywhere(({ test }) => {
    test('203. is adopted in the request that brings its cookie, logged in, under a new credential, on all nodes', async ({
      store,
    }) => {
      const old = new OldStore()
      const [a, b] = await store.pair(heir(old))
      const adopted = heard(a, 'session:adopted')
      const logins = heard(a, 'session:login')
      const visitor = old.visitor('1', anna)
      const answer = await visitor.get(a.url)
      expect(answer.json()).toEqual(anna)
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(answer.headers.get('vary')).toMatch(/Cookie/i)
      expect(cookiesOf(visitor)).toEqual(['shop_sid'])
      expect((await visitor.get(b.url)).json()).toEqual(anna)
      const [{ id = '' } = {}] = await a.app.sessions.find({ principal: 'anna' })
      expect(adopted).toEqual([{ scope: 'session', id, principal: 'anna' }])
      expect(logins).toEqual([{ scope: 'session', id, principal: 'anna' }])
      expect(old.asked).toEqual(['1'])
    })

    test('203. is adopted with its attributes if no user is logged in, and not at all if nothing is left of it', async ({
      store,
    }) => {
      const old = new OldStore()
      const { app, url } = await store.node(heir(old))
      const stranger = old.visitor('1', { cart: 'milk' })
      expect((await stranger.get(url)).json()).toEqual({ user: null, cart: 'milk' })
      expect(cookiesOf(stranger)).toEqual(['shop_sid'])
      const empty = old.visitor('2', {})
      expect((await empty.get(url)).json()).toEqual(nobody)
      expect(cookiesOf(empty)).toEqual([])
      expect(await app.sessions.count()).toBe(1)
      await expect.poll(() => old.ends).toEqual(['removed 1', 'put back 2'])
    })

    test('204. is adopted once: a request at the same time on another node reads nothing, and cannot write', async ({
      store,
    }) => {
      const old = new OldStore()
      const [a, b] = await store.pair(heir(old))
      const visitor = old.visitor('1', anna)
      const others = [visitor.clone(), visitor.clone(), visitor.clone()]
      const [first, second, write] = await Promise.all([
        visitor.get(a.url),
        others[0]?.get(b.url),
        others[1]?.get(b.url, '/write?cart=none'),
      ])
      expect(first?.json()).toEqual(anna)
      expect(second?.json()).toEqual(nobody)
      expect([write?.status, write?.setCookie.filter((line) => line.startsWith('shop_sid'))]).toEqual([409, []])
      expect((await others[2]?.get(a.url))?.json()).toEqual(nobody)
      expect(await a.app.sessions.count()).toBe(1)
      expect((await visitor.get(b.url)).json()).toEqual(anna)
    })

    test('205. is not adopted with a forged cookie, which costs nothing, nor with an unknown one', async ({
      store,
    }) => {
      const old = new OldStore()
      const { app, url } = await store.node(heir(old))
      const forger = old.visitor('1!', anna)
      expect(statusAndCookies(await forger.get(url))).toEqual([200, []])
      expect(old.asked).toEqual([])
      const unknown = old.visitor('2', anna)
      old.records.clear()
      expect((await unknown.get(url)).json()).toEqual(nobody)
      expect(await app.sessions.count()).toBe(0)
      old.records.set('2', anna) // the store was the wrong one
      expect((await unknown.get(url)).json()).toEqual(anna)
    })

    test('206. is not adopted for a visitor with a credential of ours, and a logout does not bring it back', async ({
      store,
    }) => {
      const old = new OldStore()
      const { app, url } = await store.node(heir(old))
      const visitor = old.visitor('1', anna)
      const copy = visitor.clone()
      await visitor.get(url)
      await visitor.get(url, '/end')
      expect((await visitor.get(url)).json()).toEqual(nobody)
      expect((await copy.get(url)).json()).toEqual(nobody)
      const both = old.visitor('2', { user: 'bob' })
      both.cookies.set('shop_sid', `${'a'.repeat(22)}.${'b'.repeat(24)}`)
      expect((await both.get(url)).json()).toEqual(nobody)
      expect(old.asked).toEqual(['1', '1'])
      await expect.poll(() => app.sessions.count()).toBe(0) // Redis counts it while its end handler runs
    })

    test('204. leaves its cookie to a request at the same time, until it is adopted', async ({ store }) => {
      const old = new OldStore()
      const { url } = await store.node(heir(old))
      const visitor = old.visitor('1', anna)
      old.records.set('1', 'adopted')
      expect(statusAndCookies(await visitor.get(url, '/plain'))).toEqual([200, []])
      old.records.set('1', anna)
      expect((await visitor.get(url)).json()).toEqual(anna)
    })

    test('205. is not adopted by a request that another site has caused, unless the visitor comes by it', async ({
      store,
    }) => {
      const old = new OldStore()
      const { url } = await store.node(heir(old))
      const visitor = old.visitor('1', anna)
      for (const [mode, dest] of [
        ['no-cors', 'image'],
        ['cors', 'empty'],
        ['navigate', 'iframe'],
      ] as const) {
        const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': mode, 'sec-fetch-dest': dest }
        expect(statusAndCookies(await visitor.get(url, '/plain', { headers }))).toEqual([200, []])
      }
      expect(old.asked).toEqual([])
      const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
      const following = testVisitor(url, { headers: { ...link, cookie: 'old=1' } }) // fetch has a sec-fetch-mode of its own
      expect(await (await following.get('/')).json()).toEqual(anna)
    })

    test('207. is not lost when its store or ours fails: requests that need it get 503, others are served', async ({
      store,
    }) => {
      const old = new OldStore()
      const node = await store.node(heir(old))
      const visitor = old.visitor('1', anna)
      old.before = () => {
        throw new Error('the old store is away')
      }
      const refused = await visitor.get(node.url)
      expect([refused.status, refused.headers.get('retry-after'), refused.setCookie]).toEqual([503, '5', []])
      expect(statusAndCookies(await visitor.get(node.url, '/plain'))).toEqual([200, []])
      old.before = () => {}
      const stranger = old.visitor('2', { cart: 'milk' })
      node.line.cut()
      for (const one of [visitor, stranger]) expect(statusAndCookies(await one.get(node.url))).toEqual([503, []])
      expect(old.ends).toEqual(['put back 1', 'put back 2'])
      node.line.restore()
      await store.run(2_000)
      expect((await visitor.get(node.url)).json()).toEqual(anna)
      expect((await stranger.get(node.url)).json()).toEqual({ user: null, cart: 'milk' })
      expect(await node.app.sessions.count()).toBe(2)
    })

    test('203. is in the store before the old one is removed, also with backup: behind', async ({ store }) => {
      const old = new OldStore()
      const node = await store.node(heir(old), { session: store.cluster ? {} : { backup: 'behind' } })
      let removals = 0
      const found: { removals: number; stored: number }[] = []
      old.beforeEnd = async () => {
        removals += 1
        const begun = removals
        const { items } = await store.records((space) => space.list({ now: store.clock.now(), limit: 10 }))
        found.push({ removals: begun, stored: items.length })
      }
      const strangers = ['1', '2', '3'].map((id) => old.visitor(id, { cart: id }))
      await Promise.all(strangers.map((stranger) => stranger.get(node.url)))
      await expect.poll(() => found.length).toBe(3)
      for (const { removals, stored } of found) expect(stored).toBeGreaterThanOrEqual(removals)
    })
  })
})

describe('207. the old store', () => {
  describeInMemory(({ test }) => {
    test('207. is waited for until the deadline, and a record that comes later is put back', async ({ store }) => {
      const old = new OldStore()
      const { url } = await store.node(shop(pages, { adopt: old.source(undefined, '2s') }))
      const visitor = old.visitor('1', anna)
      const gate = new Gate()
      old.before = () => gate.pass()
      const request = visitor.get(url)
      await gate.reached
      await store.clock.advance(2_000)
      expect((await request).status).toBe(503)
      old.before = () => {}
      gate.open()
      await expect.poll(() => old.records.get('1')).toEqual(anna)
      expect((await visitor.get(url)).json()).toEqual(anna)
    })
  })
})

describe('207. an old store that is not as promised', () => {
  describeInMemory(({ test }) => {
    test('207. and answers something else is named by the error', async ({ store }) => {
      for (const [shown, answer] of [
        ['null', null],
        ['{}', {}],
        ["'gone'", 'gone'],
      ]) {
        const wrong = { take: async () => answer as never, adopted: () => ({}), cookies: [], deadlineMs: 5_000 }
        const errors: string[] = []
        const onError = ({ message }: Error) => void errors.push(message)
        const { url } = await store.node(shop(pages, { adopt: () => wrong, onError }))
        expect((await new Visitor().get(url)).status).toBe(503)
        expect(errors[0]).toContain(`take() resolved to ${shown}, and not to { record }`)
      }
    })

    test('207. and does not remove a record is reported, and the visitor is served', async ({ store }) => {
      const old = new OldStore()
      const log = new LogLines()
      const { url } = await store.node(heir(old), { logger: log.logger })
      const visitor = old.visitor('1', anna)
      old.beforeEnd = () => {
        throw new Error('it is away')
      }
      expect((await visitor.get(url)).json()).toEqual(anna)
      expect((await visitor.get(url)).json()).toEqual(anna)
      const reason = expect.stringContaining('was adopted, but its record could not be removed: it is away')
      await expect
        .poll(() => log.shown)
        .toEqual([
          expect.objectContaining({ level: 'warn', fields: expect.objectContaining({ event: 'adopt', reason }) }),
        ])
    })
  })
})

describe('207. an adoption that is not finished in time', () => {
  describeInMemory(({ test }) => {
    test('207. because the old store hangs when the record is removed: the visitor is served, and it is reported', async ({
      store,
    }) => {
      const old = new OldStore()
      const gate = new Gate()
      const log = new LogLines()
      const { url } = await store.node(heir(old), { logger: log.logger })
      const visitor = old.visitor('1', anna)
      old.beforeEnd = () => gate.pass()
      expect((await visitor.get(url)).json()).toEqual(anna)
      await gate.reached
      await store.clock.advance(5_000)
      await expect
        .poll(() => log.shown.map(({ fields }) => fields.reason))
        .toEqual([expect.stringContaining('it did not answer within 5000 ms')])
      gate.open()
    })

    test('207. because this node stood still: another may have adopted it, so this one does not', async ({ store }) => {
      const old = new OldStore()
      const { app, url } = await store.node(heir(old))
      const visitor = old.visitor('1', anna)
      old.before = () => store.clock.jump(20_001)
      expect((await visitor.get(url)).status).toBe(503)
      expect([await app.sessions.count(), old.ends]).toEqual([0, ['put back 1']])
    })
  })
})

/** A visitor who leaves as soon as the request has reached the gate. */
async function leave(gate: Gate, visit: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const leaving = new AbortController()
  const left = visit(leaving.signal).catch(() => 'left')
  await gate.reached
  leaving.abort()
  expect(await left).toBe('left')
}

describe('207. a visitor who leaves while the old store is asked', () => {
  describeInMemory(({ test }) => {
    test.for([{ reportLateChanges: true }, { reportLateChanges: false }] as const)(
      '207. or before the answer, finds the session later, and nothing is left of the one that was begun: %o',
      async (session, { store }) => {
        const old = new OldStore()
        const gate = new Gate()
        const seen = new Gate()
        const slow = { '/slow': () => gate.pass() } satisfies Record<string, Page>
        const handlers = { adopt: old.source(), onAbort: () => void seen.pass() }
        const { app, url } = await store.node(shop({ ...pages, ...slow }, handlers), { session })
        const visitor = old.visitor('1', anna)
        await leave(gate, (signal) => visitor.get(url, '/slow', { signal }))
        await seen.reached
        gate.open()
        await expect.poll(() => old.ends).toEqual(['put back 1'])
        expect((await visitor.get(url)).json()).toEqual(anna)
        await expect.poll(() => app.sessions.count()).toBe(1)
      },
    )

    test('207. finds the session later', async ({ store }) => {
      const old = new OldStore()
      const seen = new Gate()
      const { url } = await store.node(heir(old, { onAbort: () => void seen.pass() }))
      const visitor = old.visitor('1', anna)
      const gate = new Gate()
      old.before = () => gate.pass()
      await leave(gate, (signal) => visitor.get(url, '/', { signal }))
      await seen.reached
      seen.open()
      old.before = () => {}
      gate.open()
      await expect.poll(() => old.records.get('1')).toEqual(anna)
      expect((await visitor.get(url)).json()).toEqual(anna)
    })
  })
})

describe('208. what a definition does with an old session', () => {
  describeInMemory(({ test }) => {
    test('208. promises where none are taken are errors, and end no process', async ({ store }) => {
      const unhandled = unhandledRejections()
      const old = new OldStore()
      const rejected = () => Promise.reject(new Error('a bug')) as never
      const sources = [
        rejected,
        old.source(rejected),
        fromCookies({ name: 'old', idOf: rejected, take: old.take, map: userAndCart }),
      ]
      for (const adopt of sources) {
        const { url } = await store.node(shop(pages, { adopt: adopt as never }))
        expect(statusAndCookies(await old.visitor('1', anna).get(url, '/plain'))).toEqual([500, []])
      }
      const gate = new Gate()
      old.before = () => gate.pass()
      const putBack = () => {
        throw new Error('a bug')
      }
      const take = async (id: string) => ({ ...((await old.take(id)) as Taken), putBack })
      const late = fromCookies({ name: 'old', take, map: userAndCart })
      const { url } = await store.node(shop(pages, { adopt: late as never }))
      const request = old.visitor('1', anna).get(url)
      await gate.reached
      await store.clock.advance(5_000)
      expect((await request).status).toBe(503)
      gate.open()
      expect(unhandled).toEqual([])
    })

    test('208. onSessionStart runs once for it, and sees the adopted values', async ({ store }) => {
      const old = new OldStore()
      const starts: unknown[] = []
      const definition = heir(old, {
        onSessionStart: ({ session, ctx }) => {
          starts.push({ cart: session.cart, user: ctx.scopes.session.principal })
          session.greeted = true
        },
      })
      const { url } = await store.node(definition)
      const visitor = old.visitor('1', anna)
      await visitor.get(url)
      expect((await visitor.get(url)).json()).toEqual({ ...anna, greeted: true })
      expect(starts).toEqual([{ cart: 'tea', user: 'anna' }])
    })

    test('208. a map that throws, or returns something else, fails the request, and the record is put back', async ({
      store,
    }) => {
      const old = new OldStore()
      const events: unknown[] = []
      const wrong = (given: unknown) =>
        shop(pages, {
          adopt: old.source(() => {
            if (given instanceof Error) throw given
            return given as ReturnType<typeof userAndCart>
          }),
          onError: (_error, { event }) => void events.push(event),
        })
      const visitor = old.visitor('1', anna)
      for (const given of [
        new Error('a bug'),
        { cart: 'tea' },
        { principal: 7 },
        { principal: '' },
        { attributes: 'tea' },
        { attributes: new Map([['cart', 'tea']]) },
        Promise.resolve({ principal: 'anna' }),
        { attributes: { cart: () => 1 } },
      ]) {
        const { url } = await store.node(wrong(given))
        expect(statusAndCookies(await visitor.get(url, '/plain')), String(given)).toEqual([500, []])
        expect(old.records.get('1')).toEqual(anna)
      }
      expect(events).toEqual(Array(8).fill('adopt'))
    })

    test('208. remembered sessions are remembered', async ({ store }) => {
      const old = new OldStore()
      const remembered = ({ user }: Old) => ({ principal: user, remember: true, attributes: {} })
      const { url } = await store.node(shop(pages, { adopt: old.source(remembered as never) }), {
        session: { remember: { timeout: '30d' } },
      })
      const answer = await old.visitor('1', anna).get(url)
      expect(answer.setCookie.find((line) => line.startsWith('shop_sid'))).toContain(`Max-Age=${30 * 86_400}`)
    })

    test('208. a limit that refuses logins leaves the visitor logged out, and able to go on', async ({ store }) => {
      const old = new OldStore()
      // biome-ignore lint/suspicious/noThenProperty: a key of the configuration
      const limit = { perPrincipal: 1, then: 'refuse' } as const
      const { app, url } = await store.node(heir(old), { session: { limit } })
      await old.visitor('1', anna).get(url)
      const second = old.visitor('2', anna)
      expect((await second.get(url)).json()).toEqual(nobody)
      expect(cookiesOf(second)).toEqual([])
      await expect.poll(() => old.ends).toEqual(['removed 1', 'put back 2'])
      expect((await second.get(url, '/write?a=1')).status).toBe(200)
      expect(await app.sessions.find({ principal: 'anna' })).toHaveLength(1)
    })

    test('208. the credential and the removal of the cookie leave with an error too', async ({ store }) => {
      const old = new OldStore()
      const { url } = await store.node(shop({ '/': (ctx) => ctx.throw(400) }, { adopt: old.source() }))
      const visitor = old.visitor('1', anna)
      expect((await visitor.get(url)).status).toBe(400)
      expect(cookiesOf(visitor)).toEqual(['shop_sid'])
    })

    test('208. OPTIONS, other sites and scopeless paths adopt nothing', async ({ store }) => {
      const old = new OldStore()
      const { url } = await store.node(heir(old), { scopeless: ['/plain'] })
      const visitor = old.visitor('1', anna)
      await visitor.get(url, '/', { method: 'OPTIONS' })
      await visitor.get(url, '/plain')
      const headers = { cookie: 'old=1', 'sec-fetch-site': 'cross-site' }
      expect((await visitor.get(url, '/write?a=1', { method: 'POST', headers })).status).toBe(403)
      expect(old.asked).toEqual([])
    })

    test('208. the request of a live connection adopts it as well', async ({ store }) => {
      const old = new OldStore()
      const node = await store.node(heir(old))
      const visitor = old.visitor('1', anna)
      const connection = await connected(node, visitor)
      expect(connection.principal).toBe('anna')
      expect(connection.headers.filter(([name]) => name.toLowerCase() === 'set-cookie')).toHaveLength(2)
      await expect(connected(node, visitor)).rejects.toMatchObject({ status: 409 })
    })
  })
})
