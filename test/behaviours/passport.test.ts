import { describe, expect } from 'vitest'
import { Gate } from '../support/gate.js'
import { heard } from '../support/heard.js'
import { describeEverywhere } from '../support/matrix.js'
import { passportShop } from '../support/passport-shop.js'
import { unhandledRejections } from '../support/unhandled-rejections.js'
import { Visitor } from '../support/visitor.js'

const secretOf = (visitor: Visitor) => visitor.cookies.get('shop_sid')
const login = '/login?name=ada&password=right'

describe('koa-passport', () => {
  describeEverywhere(({ test }) => {
    test('88. logs in: the secret is another one, the attributes are gone, the principal is set', async ({ store }) => {
      const [a, b] = await store.pair(passportShop('name'))
      const visitor = new Visitor()
      await visitor.get(a.url, '/write?cart=book')
      const before = visitor.clone()
      expect((await visitor.get(a.url, login)).json()).toMatchObject({ user: 'ada', principal: 'ada' })
      expect(secretOf(visitor)).not.toBe(secretOf(before))
      expect((await visitor.get(b.url)).json()).toEqual({
        user: 'ada',
        principal: 'ada',
        session: { passport: { user: 'ada' } },
      })
      expect((await before.get(a.url)).json()).toEqual({ user: null, principal: null, session: {} })
      expect(await a.app.sessions.find({ principal: 'ada' })).toHaveLength(1)
      expect(await a.app.sessions.count()).toBe(1)
    })

    test('88. logs in a visitor without a session, and refuses a wrong password', async ({ store }) => {
      const { app, url } = await store.node(passportShop('name'))
      const visitor = new Visitor()
      const refused = await visitor.get(url, '/login?name=ada&password=wrong')
      expect([refused.status, refused.setCookie]).toEqual([401, []])
      expect(await app.sessions.count()).toBe(0)
      await visitor.get(url, login)
      expect((await visitor.get(url)).json()).toMatchObject({ user: 'ada', principal: 'ada' })
    })

    test('88. keeps the attributes with keepSessionInfo, at the login and at the logout', async ({ store }) => {
      const [a, b] = await store.pair(passportShop('name'))
      const visitor = new Visitor()
      await visitor.get(a.url, '/write?cart=book')
      const before = visitor.clone()
      await visitor.get(a.url, '/login-keeping?name=ada&password=right')
      expect(secretOf(visitor)).not.toBe(secretOf(before))
      expect((await visitor.get(b.url)).json()).toEqual({
        user: 'ada',
        principal: 'ada',
        session: { cart: 'book', passport: { user: 'ada' } },
      })
      const loggedIn = visitor.clone()
      await visitor.get(a.url, '/logout-keeping')
      expect((await visitor.get(b.url)).json()).toEqual({
        user: null,
        principal: null,
        session: { cart: 'book', passport: {} },
      })
      expect((await loggedIn.get(a.url)).json()).toEqual({ user: null, principal: null, session: {} })
    })

    test('88. logs out: the session has ended with its data, the cookie is cleared', async ({ store }) => {
      const ends: unknown[] = []
      const definition = passportShop(
        'name',
        {},
        {
          onSessionEnd: ({ principal, reason, session }) => void ends.push({ principal, reason, cart: session.cart }),
        },
      )
      const node = await store.node(definition)
      const visitor = new Visitor()
      await visitor.get(node.url, login)
      await visitor.get(node.url, '/write?cart=book')
      const loggedIn = visitor.clone()
      expect((await visitor.get(node.url, '/logout')).json()).toEqual({ user: null, principal: null, session: {} })
      expect(secretOf(visitor)).toBeUndefined()
      expect((await loggedIn.get(node.url)).json()).toEqual({ user: null, principal: null, session: {} })
      expect(await node.app.sessions.find({ principal: 'ada' })).toEqual([])
      await store.sweep()
      expect(ends).toEqual([{ principal: 'ada', reason: 'invalidated', cart: 'book' }])
    })

    test('88. logs in with either of two strategies, and as another user', async ({ store }) => {
      const { app, url } = await store.node(passportShop('name'))
      const visitor = new Visitor()
      await visitor.get(url, '/either', { headers: { 'x-token': 'bob' } })
      expect((await visitor.get(url)).json()).toMatchObject({ user: 'bob', principal: 'bob' })
      const asBob = visitor.clone()
      await visitor.get(url, '/either?name=ada&password=right')
      expect((await visitor.get(url)).json()).toMatchObject({ user: 'ada', principal: 'ada' })
      expect((await asBob.get(url)).json()).toMatchObject({ user: null, principal: null })
      expect(await app.sessions.find({ principal: 'bob' })).toEqual([])
    })

    test('88. sets no principal for a user without a text, and logs out all the same', async ({ store }) => {
      const { url } = await store.node(passportShop('number', { key: 'passport' }))
      const visitor = new Visitor()
      await visitor.get(url, '/write?cart=book')
      const before = visitor.clone()
      await visitor.get(url, login)
      expect(secretOf(visitor)).not.toBe(secretOf(before))
      expect((await visitor.get(url)).json()).toEqual({
        user: 'ada',
        principal: null,
        session: { passport: { user: 1 } },
      })
      const loggedIn = visitor.clone()
      await visitor.get(url, '/logout')
      for (const it of [visitor, loggedIn])
        expect((await it.get(url)).json()).toEqual({ user: null, principal: null, session: {} })
    })

    test('88. a login that nobody waits for, and whose user is found after the response, is logged and ends nothing', async ({
      store,
    }) => {
      const unhandled = unhandledRejections()
      const gate = new Gate()
      const node = await store.node(passportShop('name', undefined, {}, () => gate.pass()))
      const late = heard(node, 'scope:late-operation')
      const visitor = new Visitor()
      await visitor.get(node.url, '/login-unawaited')
      await gate.reached
      gate.open()
      await expect.poll(() => late).toEqual([expect.objectContaining({ where: 'GET /login-unawaited' })])
      expect((await visitor.get(node.url)).json()).toMatchObject({ user: null, principal: null })
      expect(unhandled).toEqual([])
    })

    test('88. a login by the same user is a login', async ({ store }) => {
      const { app, url } = await store.node(passportShop('name'))
      const visitor = new Visitor()
      await visitor.get(url, login)
      const [{ id = '' } = {}] = await app.sessions.find({ principal: 'ada' })
      await store.clock.advance(60_000)
      await visitor.get(url, login)
      expect((await app.sessions.show(id))?.authenticatedAt?.getTime()).toBe(store.clock.now())
    })

    test('88. a login by a user without a text takes the principal of the one before away', async ({ store }) => {
      const { app, url } = await store.node(passportShop(({ name, number }) => (name === 'ada' ? name : number)))
      const visitor = new Visitor()
      await visitor.get(url, login)
      await visitor.get(url, '/login?name=bob&password=right')
      expect((await visitor.get(url)).json()).toEqual({
        user: 'bob',
        principal: null,
        session: { passport: { user: 2 } },
      })
      expect(await app.sessions.find({ principal: 'ada' })).toEqual([])
    })

    test('88. reports a refused login to Passport', async ({ store }) => {
      // biome-ignore lint/suspicious/noThenProperty: a key of the configuration
      const limit = { perPrincipal: 1, then: 'refuse' } as const
      const { url } = await store.node(passportShop('name'), { session: { limit } })
      await new Visitor().get(url, login)
      const second = await new Visitor().get(url, login)
      expect([second.status, second.setCookie]).toEqual([409, []])
    })
  })
})
