import { describe, expect } from 'vitest'
import { recordEnds } from '../support/ends.js'
import { describeEverywhere } from '../support/matrix.js'
import { type Page, sessionPages, shop } from '../support/shop.js'
import type { Node } from '../support/test-store.js'
import { Visitor, visitorWith } from '../support/visitor.js'

const minute = 60_000

// biome-ignore lint/suspicious/noThenProperty: the word of the configuration
const refusedBeyond = (perPrincipal: number) => ({ perPrincipal, then: 'refuse' }) as const

async function loggedIn({ url }: Node, principal: string): Promise<Visitor> {
  const visitor = new Visitor()
  await visitor.get(url, `/login?as=${encodeURIComponent(principal)}`)
  return visitor
}

const idOf = (visitor: Visitor) => visitor.cookies.get('shop_sid')?.split('.')[0] ?? ''

async function found({ app }: Node, principal: string): Promise<string[]> {
  const sessions = await app.sessions.find({ principal })
  expect(sessions.every((session) => session.principal === principal)).toBe(true)
  return sessions.map(({ id }) => id).toSorted()
}

/** Which of the visitors this node still knows by their principal. */
async function recognized({ url }: Node, visitors: readonly Visitor[]): Promise<Visitor[]> {
  const answers = await Promise.all(visitors.map((visitor) => visitor.clone().get(url, '/principal')))
  return visitors.filter((_, index) => answers[index]?.json() !== null)
}

const beginnings = [
  ['a new visitor', async () => new Visitor()],
  ['a visitor with a session', (url: string) => visitorWith(url, 'guest=true')],
] as const

describe('login()', () => {
  describeEverywhere(({ test }) => {
    test('gives the visitor a new secret and the principal, on every node, with what the request wrote', async ({
      store,
    }) => {
      const nodes = await store.pair(
        shop({
          ...sessionPages,
          '/both': async ({ scopes, session }) => {
            session.name = 'ada'
            await scopes.session.login('ada')
            return scopes.session.principal
          },
        }),
      )
      const visitor = new Visitor()
      await visitor.get(nodes[0].url, '/write?guest=true')
      const guest = visitor.clone()
      expect((await visitor.get(nodes[0].url, '/both')).json()).toBe('ada')
      expect(idOf(visitor)).toBe(idOf(guest))
      expect(visitor.cookies).not.toEqual(guest.cookies)
      for (const { url } of nodes) {
        expect((await visitor.get(url, '/read')).json()).toEqual({ guest: 'true', name: 'ada' })
        expect((await visitor.get(url, '/principal')).json()).toBe('ada')
        expect((await guest.clone().get(url, '/principal')).json()).toBeNull()
      }
    })

    test('keeps a session that holds nothing else, until it ends', async ({ store }) => {
      const node = await store.node(shop(sessionPages))
      const visitor = await loggedIn(node, 'ada')
      await visitor.get(node.url, '/write?a=1')
      await visitor.get(node.url, '/remove?a')
      expect((await visitor.get(node.url, '/principal')).json()).toBe('ada')
      await visitor.get(node.url, '/end')
      expect(await found(node, 'ada')).toEqual([])
    })

    test('34. find() returns exactly the live sessions of a principal, wherever they were begun', async ({ store }) => {
      const [a, b] = await store.pair(shop(sessionPages))
      const names = [
        'ada',
        'Ada',
        'ada ',
        ' ada',
        'ada:',
        'a:da',
        'ada lovelace',
        '👩‍💻',
        'é',
        'e\u0301',
        'x'.repeat(300),
      ]
      const ids = new Map<string, string[]>()
      for (const name of names) {
        const visitors = [await loggedIn(a, name), await loggedIn(b, name)]
        ids.set(name, visitors.map(idOf).toSorted())
      }
      for (const node of [a, b]) for (const name of names) expect(await found(node, name), name).toEqual(ids.get(name))
      for (const name of ['', 'ad', 'ada:x', 'x'.repeat(299)]) expect(await found(a, name)).toEqual([])
    })

    test('34. find() is complete with hundreds of sessions', async ({ store }) => {
      const node = await store.node(shop(sessionPages))
      const visitors = await Promise.all(Array.from({ length: 250 }, () => loggedIn(node, 'ada')))
      expect(await found(node, 'ada')).toEqual(visitors.map(idOf).toSorted())
    })

    test('34. find() leaves out what ended, expired, or changed its principal', async ({ store }) => {
      const [a, b] = await store.pair(shop(sessionPages), { session: { timeout: '10m' } })
      const expired = await loggedIn(a, 'ada')
      store.skip(9 * minute)
      const [ended, renamed, live] = [await loggedIn(a, 'ada'), await loggedIn(b, 'ada'), await loggedIn(b, 'ada')]
      await ended.get(b.url, '/end')
      await renamed.get(a.url, '/login?as=byron')
      store.skip(3 * minute)
      for (const node of [a, b]) {
        expect(await found(node, 'ada')).toEqual([idOf(live)])
        expect(await found(node, 'byron')).toEqual([idOf(renamed)])
      }
      expect((await expired.get(a.url, '/principal')).json()).toBeNull()
    })

    test('34. a principal that is none is refused, and nothing is stored', async ({ store }) => {
      const principals: unknown[] = ['', 7, null, undefined, '\ud800']
      const login: Page = ({ query, scopes }) => scopes.session.login(principals[Number(query.which)] as string)
      const node = await store.node(shop({ '/login': login }))
      for (const which of principals.keys())
        expect(await new Visitor().get(node.url, `/login?which=${which}`)).toMatchObject({ status: 500, setCookie: [] })
      expect(await node.app.sessions.count()).toBe(0)
    })

    test('35. beyond the limit the oldest login ends, on whichever node it lives, and its onSessionEnd runs', async ({
      store,
    }) => {
      const { ends, handlers } = recordEnds()
      const limit = { perPrincipal: 2 }
      const [a, b] = await store.pair(shop(sessionPages, handlers), { session: { limit } })
      const visitors: Visitor[] = []
      for (const [index, node] of [a, b, b, a].entries()) {
        visitors.push(await loggedIn(node, 'ada'))
        await visitors.at(-1)?.get(node.url, `/write?login=${index}`)
        store.skip(1_000)
      }
      expect(await found(a, 'ada')).toEqual(visitors.slice(2).map(idOf).toSorted())
      await loggedIn(a, 'byron')
      store.skip(minute)
      for (const node of [a, b]) expect(await recognized(node, visitors)).toEqual(visitors.slice(2))
      await store.sweep()
      expect(ends).toEqual([
        { session: { login: '0' }, reason: 'evicted', attempt: 1 },
        { session: { login: '1' }, reason: 'evicted', attempt: 1 },
      ])
    })

    test('35. a second login of the same session counts once, and makes it the newest', async ({ store }) => {
      const node = await store.node(shop(sessionPages), { session: { limit: { perPrincipal: 2 } } })
      const visitors = []
      for (let count = 0; count < 2; count += 1) {
        visitors.push(await loggedIn(node, 'ada'))
        store.skip(1_000)
      }
      const [first, second] = visitors as [Visitor, Visitor]
      await first.get(node.url, '/login?as=ada')
      expect(await found(node, 'ada')).toHaveLength(2)
      store.skip(1_000)
      const third = await loggedIn(node, 'ada')
      expect(await recognized(node, [first, second, third])).toEqual([first, third])
    })

    test('35. with then: refuse the login beyond the limit gets 409 and changes nobody', async ({ store }) => {
      const limit = refusedBeyond(2)
      const [a, b] = await store.pair(shop(sessionPages), { session: { limit } })
      const visitors = [await loggedIn(a, 'ada'), await loggedIn(b, 'ada')]
      const guest = new Visitor()
      await guest.get(a.url, '/write?guest=true')
      for (const { url } of [a, b]) {
        expect(await guest.get(url, '/login?as=ada')).toMatchObject({ status: 409, setCookie: [] })
        expect(await new Visitor().get(url, '/login?as=ada')).toMatchObject({ status: 409, setCookie: [] })
      }
      expect((await guest.get(a.url, '/principal')).json()).toBeNull()
      expect((await guest.get(a.url, '/read')).json()).toEqual({ guest: 'true' })
      expect((await visitors[0]?.get(a.url, '/login?as=ada'))?.status).toBe(200)
      await visitors[1]?.get(b.url, '/end')
      expect((await guest.get(b.url, '/login?as=ada')).status).toBe(200)
      expect(await found(a, 'ada')).toHaveLength(2)
    })

    for (const [kind, begin] of beginnings) {
      test(`55. a login that is refused late keeps nothing of what was written before it: ${kind}`, async ({
        store,
      }) => {
        const limit = refusedBeyond(1)
        const write: Page = async ({ scopes, session }) => {
          session.userId = 7
          await scopes.session.login('ada')
        }
        const [a, b] = await store.pair(shop({ ...sessionPages, '/buy': write }), { session: { limit } })
        const late = await begin(b.url)
        const before = await late.clone().get(b.url, '/read')
        const count = (await b.app.sessions.list()).items.length
        // It looks for others before the other login, and is saved after it.
        const looked = b.line.hold('list', { at: 'after' })
        const refusal = late.clone().get(b.url, '/buy')
        await looked.reached
        await loggedIn(a, 'ada')
        store.skip(1)
        looked.open()
        expect(await refusal).toMatchObject({ status: 409, setCookie: [] })
        expect(await late.clone().get(a.url, '/buy')).toMatchObject({ status: 409, setCookie: [] })
        for (const { url } of [a, b]) expect((await late.clone().get(url, '/read')).json()).toEqual(before.json())
        expect((await late.clone().get(b.url, '/principal')).json()).toBeNull()
        expect(await found(b, 'ada')).toHaveLength(1)
        expect((await b.app.sessions.list()).items).toHaveLength(count + 1)
      })
    }

    for (const [kind, begin] of beginnings) {
      test(`43. a login whose check fails with the store is undone: ${kind}`, async ({ store }) => {
        const limit = refusedBeyond(1)
        const node = await store.node(shop(sessionPages), { session: { limit, whenUnavailable: 'fail' } })
        const visitor = await begin(node.url)
        const before = (await visitor.get(node.url, '/read')).json()
        const saved = node.line.hold('save', { at: 'after' })
        const login = visitor.get(node.url, '/login?as=ada')
        await saved.reached
        node.line.cut('list')
        saved.open()
        expect(await login).toMatchObject({ status: 503, setCookie: [] })
        node.line.restore()
        expect(await found(node, 'ada')).toEqual([])
        expect((await visitor.get(node.url, '/read')).json()).toEqual(before)
        expect((await visitor.get(node.url, '/principal')).json()).toBeNull()
        expect((await loggedIn(node, 'ada')).cookies.size).toBe(1)
      })

      test(`43. a login that cannot be undone stands, and its visitor gets the cookie: ${kind}`, async ({ store }) => {
        const limit = refusedBeyond(1)
        const node = await store.node(shop(sessionPages), { session: { limit, whenUnavailable: 'fail' } })
        const visitor = await begin(node.url)
        const saved = node.line.hold('save', { at: 'after' })
        const login = visitor.get(node.url, '/login?as=ada')
        await saved.reached
        node.line.cut()
        saved.open()
        const answer = await login
        expect([answer.status, answer.setCookie.length]).toEqual([503, 1])
        node.line.restore()
        expect(await found(node, 'ada')).toEqual([idOf(visitor)])
        expect((await visitor.get(node.url, '/principal')).json()).toBe('ada')
      })
    }

    for (const [kind, begin] of beginnings) {
      test(`46b. a login whose answer is lost is undone when the store is back: ${kind}`, async ({ store }) => {
        const limit = refusedBeyond(1)
        const node = await store.node(shop(sessionPages), { session: { limit, whenUnavailable: 'fail' } })
        const visitor = await begin(node.url)
        const before = (await visitor.get(node.url, '/read')).json()
        node.line.loseAnswer({ applies: true, meanwhile: async () => node.line.cut() })
        expect((await store.until(visitor.get(node.url, '/login?as=ada'))).status).toBe(503)
        node.line.restore()
        await store.run(5_000)
        expect(await found(node, 'ada')).toEqual([])
        expect((await visitor.get(node.url, '/read')).json()).toEqual(before)
        expect((await visitor.get(node.url, '/principal')).json()).toBeNull()
        expect((await loggedIn(node, 'ada')).cookies.size).toBe(1)
      })
    }

    test('35. of two logins at once beyond the limit, the later stays', async ({ store }) => {
      const [a, b] = await store.pair(shop(sessionPages), { session: { limit: { perPrincipal: 1 } } })
      const visitors = await parallelLogins(a, b, () => store.skip(1))
      expect(await found(a, 'ada')).toEqual([idOf(visitors[1])])
      store.skip(minute)
      for (const node of [a, b]) expect(await recognized(node, visitors)).toEqual([visitors[1]])
    })

    test('35. with then: refuse, of two logins at once beyond the limit, the earlier stays', async ({ store }) => {
      const limit = refusedBeyond(1)
      const [a, b] = await store.pair(shop(sessionPages), { session: { limit } })
      const visitors = await parallelLogins(a, b, () => store.skip(1))
      expect(await found(a, 'ada')).toEqual([idOf(visitors[0])])
    })
  })
})

/** One on each node, the second later than the first; neither looks for others before both are saved. */
async function parallelLogins(a: Node, b: Node, between: () => void): Promise<[Visitor, Visitor]> {
  const gates = [a, b].map(({ line }) => line.hold('save'))
  const first = loggedIn(a, 'ada')
  await gates[0]?.reached
  between()
  const second = loggedIn(b, 'ada')
  await gates[1]?.reached
  const looks = [a, b].map(({ line }) => line.hold('list'))
  for (const gate of gates) gate.open()
  await Promise.all(looks.map((look) => look.reached))
  for (const look of looks) look.open()
  return Promise.all([first, second])
}
