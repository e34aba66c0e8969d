import { describe, expect } from 'vitest'
import { collectGarbage } from '../support/collect-garbage.js'
import { describeEverywhere } from '../support/matrix.js'
import { type Page, sessionPages, shop } from '../support/shop.js'
import { Visitor, visitorWith } from '../support/visitor.js'

const minute = 60_000

/** A value that cannot be stored. */
class Handle {
  readonly #name: string

  constructor(name: string) {
    this.#name = name
  }

  call(): string {
    return `called ${this.#name}`
  }
}

const pages = {
  ...sessionPages,
  '/open': ({ query, session }) => {
    session.socket = new Handle(String(query.name))
  },
  '/count': ({ scopes }) => scopes.session.increment('socket', 2),
  '/remember': ({ scopes }) => scopes.session.login('ada', { remember: true }),
  '/call': ({ session }) => session.socket?.call() ?? 'absent',
  '/has': ({ session }) => ['socket' in session, Object.keys(session), JSON.stringify(session)],
  '/close': ({ session }) => void delete session.socket,
  '/keep-nothing': ({ scopes }) => scopes.session.rotate({ keep: [] }),
} satisfies Record<string, Page>

const transient = { names: ['socket'], mayBeAbsent: true }

const call = async (visitor: Visitor, url: string) => (await visitor.get(url, '/call')).json()

describe('transient attributes', () => {
  describeEverywhere(({ test }) => {
    test('120. are kept on their node, with any value, and never stored', async ({ store }) => {
      const [a, b] = await store.pair(shop(pages), { session: { transient } })
      const visitor = await visitorWith(a.url, 'n=1')
      await visitor.get(a.url, '/open?name=x')
      expect(await call(visitor, a.url)).toBe('called x')
      expect(await call(visitor, b.url)).toBe('absent')
      expect((await visitor.get(a.url, '/has')).json()).toEqual([true, ['n'], '{"n":"1"}'])
      expect((await visitor.get(b.url, '/has')).json()).toEqual([false, ['n'], '{"n":"1"}'])
      await visitor.get(a.url, '/login?as=anna')
      expect(await call(visitor, a.url)).toBe('called x')
      await visitor.get(a.url, '/close')
      expect(await call(visitor, a.url)).toBe('absent')
    })

    test('120. begin a session, and are those of one visitor alone', async ({ store }) => {
      const { app, url } = await store.node(shop(pages), { session: { transient } })
      const visitors = [new Visitor(), new Visitor()]
      for (const [n, visitor] of visitors.entries()) await visitor.get(url, `/open?name=${n}`)
      expect(await app.sessions.count()).toBe(2)
      for (const [n, visitor] of visitors.entries()) expect(await call(visitor, url)).toBe(`called ${n}`)
      expect(await call(new Visitor(), url)).toBe('absent')
    })

    test('121. stay as long as their session is used, whoever reads them, and go with what rotate() does not keep', async ({
      store,
    }) => {
      const { url } = await store.node(shop(pages), { session: { transient } })
      const visitor = await visitorWith(url, 'n=1')
      await visitor.get(url, '/open?name=x')
      for (let n = 0; n < 4; n += 1) {
        store.skip(20 * minute)
        await visitor.get(url, '/read')
      }
      expect(await call(visitor, url)).toBe('called x')
      await visitor.get(url, '/keep-nothing')
      expect(await call(visitor, url)).toBe('absent')
    })

    test('120. can be added to, and are not stored then either', async ({ store }) => {
      const { app, url } = await store.node(shop(pages), { session: { transient } })
      const visitor = new Visitor()
      for (const sum of [2, 4]) expect((await visitor.get(url, '/count')).json()).toBe(sum)
      expect((await visitor.get(url, '/has')).json()).toEqual([true, [], '{}'])
      const id = visitor.cookies.get('shop_sid')?.split('.')[0] ?? ''
      expect((await app.sessions.show(id))?.attributes).toEqual([])
      await visitor.get(url, '/open?name=x')
      expect((await visitor.get(url, '/count')).status).toBe(500)
    })

    test('121. stay as long as the session, also if that gets longer later', async ({ store }) => {
      const { url } = await store.node(shop(pages), { session: { transient, remember: { timeout: '3d' } } })
      const visitor = new Visitor()
      await visitor.get(url, '/open?name=x')
      await visitor.get(url, '/remember')
      for (let n = 0; n < 2; n += 1) {
        store.skip(2 * 24 * 60 * minute)
        expect(await call(visitor, url)).toBe('called x')
      }
      store.skip(3 * 24 * 60 * minute + 2 * minute)
      expect(await call(visitor, url)).toBe('absent')
    })

    test('121. are released some time after their session has ended on another node, though nothing asks for them', async ({
      store,
    }) => {
      const opened: WeakRef<object>[] = []
      const open: Page = ({ session }) => {
        const socket = { bytes: Buffer.alloc(1_000) }
        opened.push(new WeakRef(socket))
        session.socket = socket
      }
      const [a, b] = await store.pair(shop({ ...pages, '/open': open }), { session: { transient } })
      for (let n = 0; n < 3; n += 1) {
        const visitor = await visitorWith(a.url, 'n=1')
        await visitor.get(a.url, '/open')
        await visitor.get(b.url, '/end')
      }
      store.skip(31 * minute)
      await store.run(2_400)
      await collectGarbage()
      expect(opened.map((ref) => ref.deref())).toEqual(Array(3).fill(undefined))
    })

    test('121. go with their session, and after its timeout without a use', async ({ store }) => {
      const { app, url } = await store.node(shop(pages), { session: { transient } })
      const ended = new Visitor()
      await ended.get(url, '/open?name=x')
      const id = ended.cookies.get('shop_sid')?.split('.')[0] ?? ''
      await app.sessions.end(id)
      expect(await call(ended, url)).toBe('absent')
      const visitor = new Visitor()
      await visitor.get(url, '/open?name=y')
      for (let n = 0; n < 3; n += 1) {
        store.skip(20 * minute)
        expect(await call(visitor, url)).toBe('called y')
      }
      store.skip(31 * minute)
      expect(await call(visitor, url)).toBe('absent')
    })
  })
})
