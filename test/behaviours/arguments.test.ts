import { describe, expect } from 'vitest'
import { describeEmbedded } from '../support/matrix.js'
import { type Page, sessionPages, shop } from '../support/shop.js'
import type { Node } from '../support/test-store.js'
import { Visitor, visitorWith } from '../support/visitor.js'

/** As from plain JavaScript. */
// biome-ignore lint/suspicious/noExplicitAny: this is about arguments that TypeScript forbids
const untyped = ({ app }: Node): any => app.sessions

describe('76. from plain JavaScript', () => {
  describeEmbedded(({ test }) => {
    test('a directory asked for nobody in particular finds and ends nobody', async ({ store }) => {
      const node = await store.node(shop(sessionPages))
      await new Visitor().get(node.url, '/login?as=ada')
      await visitorWith(node.url, 'a=1')
      const sessions = untyped(node)
      for (const which of [{}, { principal: undefined }, { principal: null }, { principal: 5 }, []]) {
        await expect(sessions.find(which)).rejects.toThrow(TypeError)
        await expect(sessions.end(which)).rejects.toThrow(TypeError)
      }
      for (const which of [undefined, null, 5]) await expect(sessions.end(which)).rejects.toThrow(TypeError)
      for (const which of [undefined, null, 'ada', { principle: 'ada' }])
        await expect(sessions.find(which)).rejects.toThrow(/^The options of find|^find\(\) has no option/)
      for (const options of [{ except: 5 }, null, 'a', { exept: 'a' }])
        await expect(sessions.end({ principal: 'ada' }, options)).rejects.toThrow(TypeError)
      for (const options of [null, 5, { page: 2 }]) await expect(sessions.list(options)).rejects.toThrow(TypeError)
      await expect(sessions.end({ principal: 'ada' }, { principal: 'bob' })).rejects.toThrow('An id is a string')
      expect(await sessions.count()).toBe(2)
    })

    test('an id or a principal that cannot exist, as from a form, finds and ends nothing', async ({ store }) => {
      const node = await store.node(shop(sessionPages))
      await new Visitor().get(node.url, '/login?as=ada')
      const { sessions } = node.app
      for (const text of ['', 'x'.repeat(5_000), '\ud800', '\0', '../x']) {
        for (const options of [{}, { principal: 'ada' }]) expect(await sessions.end(text, options)).toBe(0)
        expect(await sessions.show(text)).toBeUndefined()
        expect(await sessions.open(text, () => 1)).toBeUndefined()
        expect(await sessions.find({ principal: text })).toEqual([])
        expect(await sessions.end({ principal: text })).toBe(0)
        expect(await sessions.list({ principal: text })).toEqual({ items: [] })
      }
      expect(() => sessions.onEnd('x'.repeat(2_000), () => {})).toThrow('cannot be used')
      expect(await sessions.count()).toBe(1)
    })

    test('increment leaves the read-only keys alone', async ({ store }) => {
      const page: Page = ({ scopes }) => scopes.session.increment('sessionid').catch((error) => error.code)
      const { url } = await store.node(shop({ ...sessionPages, '/': page }))
      const visitor = await visitorWith(url, 'a=1')
      expect((await visitor.get(url)).json()).toBe('KEY_READ_ONLY')
      expect((await visitor.get(url, '/read')).json()).toEqual({ a: '1' })
    })

    test('ids and functions are checked before anything is done', async ({ store }) => {
      const node = await store.node(shop(sessionPages))
      await visitorWith(node.url, 'a=1')
      const id = (await node.app.sessions.list()).items[0]?.id
      const sessions = untyped(node)
      await expect(sessions.open(undefined, () => {})).rejects.toThrow(TypeError)
      await expect(sessions.open(id)).rejects.toThrow(TypeError)
      expect(() => sessions.onEnd(undefined, () => {})).toThrow(TypeError)
      expect(() => sessions.onEnd(id)).toThrow(TypeError)
    })

    test('operations on a session are checked', async ({ store }) => {
      const calls: Record<string, Page> = {
        '/rotate': ({ scopes }) => scopes.session.rotate({ keep: 'ab' as never }),
        '/lock': ({ scopes }) => scopes.session.lock(undefined as never),
        '/login': ({ scopes }) => scopes.session.login({ name: 'ada' } as never),
        '/rotate-nothing': ({ scopes }) => scopes.session.rotate(null as never),
        '/rotate-misspelt': ({ scopes }) => scopes.session.rotate({ keeps: [] } as never),
        '/lock-nothing': ({ scopes }) => scopes.session.lock(() => {}, null as never),
        '/lock-misspelt': ({ scopes }) => scopes.session.lock(() => {}, { waits: '1s' } as never),
        '/commit-nothing': ({ scopes }) => scopes.session.commit(null as never),
        '/commit-text': ({ scopes }) => scopes.session.commit({ ifUnchanged: 'x' } as never),
        '/commit-misspelt': ({ scopes }) => scopes.session.commit({ ifUnchange: true } as never),
        '/name': ({ scopes }) => scopes.session.increment(5 as never),
      }
      const errors: unknown[] = []
      const { url } = await store.node(shop({ ...sessionPages, ...calls }, { onError: (error) => errors.push(error) }))
      const visitor = await visitorWith(url, 'a=1&b=2')
      for (const path of Object.keys(calls)) expect((await visitor.get(url, path)).status).toBe(500)
      expect(errors).toHaveLength(Object.keys(calls).length)
      for (const error of errors) {
        expect(error).toBeInstanceOf(TypeError)
        expect(String(error)).not.toMatch(/destructure|undefined|of null/)
      }
      expect((await visitor.get(url, '/read')).json()).toEqual({ a: '1', b: '2' })
    })
  })
})

describe('79. increment() by something that is no number', () => {
  describeEmbedded(({ test }) => {
    test.for(['1', Number.NaN, Number.POSITIVE_INFINITY, null, 1n])(
      'is a TypeError, and nothing is stored: %s',
      async (by, { store }) => {
        const add: Page = ({ scopes }) => scopes.session.increment('n', by as never).catch((error) => error.name)
        const { url } = await store.node(shop({ ...sessionPages, '/add': add }))
        const visitor = new Visitor()
        expect((await visitor.get(url, '/add')).json()).toBe('TypeError')
        expect(visitor.cookies.size).toBe(0)
        const known = await visitorWith(url, 'a=1')
        await known.get(url, '/add')
        expect((await known.get(url, '/read')).json()).toEqual({ a: '1' })
      },
    )
  })
})

describe('79. increment() to a sum that is not finite', () => {
  describeEmbedded(({ test }) => {
    test('is a TypeError, and nothing is stored', async ({ store }) => {
      const pages: Record<string, Page> = {
        ...sessionPages,
        '/fill': ({ session }) =>
          void Object.assign(session, { most: Number.MAX_VALUE, all: Number.POSITIVE_INFINITY }),
        '/add': ({ scopes, query }) =>
          scopes.session.increment(String(query.name), Number.MAX_VALUE).catch((error) => [error.name, error.message]),
        '/new': async ({ session, scopes }) => {
          session.new = Number.MAX_VALUE
          return scopes.session.increment('new', Number.MAX_VALUE).catch((error) => error.name)
        },
        '/see': ({ session }) => Object.values(session).map(String),
      }
      const { url } = await store.node(shop(pages))
      const visitor = new Visitor()
      expect((await visitor.get(url, '/new')).json()).toBe('TypeError')
      await visitor.get(url, '/fill')
      for (const name of ['most', 'all']) {
        const sum = `session.${name} would become Infinity; its sum must be finite`
        expect((await visitor.get(url, `/add?name=${name}`)).json()).toEqual(['TypeError', sum])
      }
      const fresh = await store.node(shop(pages))
      for (const node of [url, fresh.url])
        expect((await visitor.get(node, '/see')).json().slice(-2)).toEqual([`${Number.MAX_VALUE}`, 'Infinity'])
    })
  })
})

describe('86. a list', () => {
  describeEmbedded(({ test }) => {
    test('refuses a limit that is no number of items, and a cursor that no page gave', async ({ store }) => {
      const node = await store.node(shop(sessionPages))
      for (const n of [1, 2]) await visitorWith(node.url, `n=${n}`)
      const sessions = untyped(node)
      for (const limit of [0, -1, 1.5, 1_001, '10', Number.NaN])
        await expect(sessions.list({ limit })).rejects.toThrow(TypeError)
      for (const cursor of ['garbage', '', 5, 'MQ']) await expect(sessions.list({ cursor })).rejects.toThrow(TypeError)
      const { cursor } = await node.app.sessions.list({ limit: 1 })
      expect(cursor).toBeDefined()
      await expect(node.app.clients.list({ cursor: cursor ?? '' })).rejects.toThrow(TypeError)
      expect((await node.app.sessions.list({ cursor: cursor ?? '' })).items.length).toBe(1)
    })
  })
})
