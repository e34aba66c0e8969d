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
      const definition = passportShop('name', {
        session: {},
        handlers: {
          onSessionEnd: ({ principal, reason, session }) => void ends.push({ principal, reason, cart: session.cart }),
        },
      })
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
      const { url } = await store.node(passportShop('number', { session: { key: 'passport' } }))
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
      const node = await store.node(passportShop('name', { beforeSerializing: () => gate.pass() }))
      const late = heard(node, 'scope:late-operation')
      const visitor = new Visitor()
      await visitor.get(node.url, '/write?cart=book')
      await visitor.get(node.url, '/login-unawaited')
      await gate.reached
      gate.open()
      await expect.poll(() => late).toEqual([expect.objectContaining({ where: 'GET /login-unawaited' })])
      expect((await visitor.get(node.url)).json()).toMatchObject({ user: null, principal: null })
      expect(await node.app.sessions.count()).toBe(1)
      expect(unhandled).toEqual([])
    })

    test('88. a logout that nobody waits for, or after the response, ends the session all the same', async ({
      store,
    }) => {
      const unhandled = unhandledRejections()
      const logouts: ((ctx: { logout(): Promise<void> }) => unknown)[] = []
      const done: string[] = []
      const node = await store.node(passportShop('name', { afterResponse: (ctx) => logouts.pop()?.(ctx) }))
      const isLoggedOut = async (visitor: Visitor) => {
        const { principal, user } = (await visitor.get(node.url)).json()
        return user === null && principal === null
      }
      for (const logout of [
        undefined,
        (ctx: { logout(): Promise<void> }) => void ctx.logout(),
        (ctx: { logout(): Promise<void> }) => ctx.logout().then(() => done.push('awaited')),
      ]) {
        const visitor = new Visitor()
        await visitor.get(node.url, login)
        if (logout) logouts.push(logout)
        await visitor.get(node.url, logout ? '/' : '/logout-unawaited')
        await expect.poll(() => isLoggedOut(visitor)).toBe(true)
      }
      await expect.poll(() => done).toEqual(['awaited'])
      expect(await node.app.sessions.find({ principal: 'ada' })).toEqual([])
      expect(unhandled).toEqual([])
    })

    test('88. a login that fails leaves no user, and the attributes', async ({ store }) => {
      const describe = () => {
        throw new Error('a bug')
      }
      const node = await store.node(passportShop('name', { handlers: { describe } }))
      const visitor = new Visitor()
      await visitor.get(node.url, '/write?cart=book')
      expect((await visitor.get(node.url, '/login-keeping?name=ada&password=right')).status).toBe(500)
      expect((await visitor.get(node.url)).json()).toEqual({ user: null, principal: null, session: { cart: 'book' } })
    })

    test('88. a logout of a session that has ended elsewhere is done', async ({ store }) => {
      const end = async () => void (await b.app.sessions.end({ principal: 'ada' }))
      const [a, b] = await store.pair(passportShop('name', { beforeLogout: () => end() }))
      const visitor = new Visitor()
      await visitor.get(a.url, login)
      expect((await visitor.get(a.url, '/logout')).status).toBe(200)
      expect((await visitor.get(b.url)).json()).toMatchObject({ user: null, principal: null })
    })

    test('88. a login that nobody waits for is a login, if its user is found at once', async ({ store }) => {
      const { url } = await store.node(passportShop('name'))
      const visitor = new Visitor()
      await visitor.get(url, '/login-unawaited')
      expect((await visitor.get(url)).json()).toMatchObject({ user: 'ada', principal: 'ada' })
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
