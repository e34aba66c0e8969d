import { inspect } from 'node:util'
import { expect } from 'vitest'
import { isScopesError } from '../../src/errors/scopes-error.js'
import { describeEmbedded } from '../support/matrix.js'
import { type Page, type PageContext, sessionPages, shop } from '../support/shop.js'
import type { TestStore } from '../support/test-store.js'
import { Visitor } from '../support/visitor.js'

/** What a page returned, untouched by JSON; the session holds `{ a: 1, b: { c: [2] } }` when it runs. */
async function seenBy<T>(store: TestStore, page: (ctx: PageContext) => T): Promise<T> {
  const seen: T[] = []
  const fill: Page = ({ session }) => void Object.assign(session, { a: 1, b: { c: [2] } })
  const node = await store.node(shop({ '/fill': fill, '/': (ctx) => void seen.push(page(ctx)) }))
  const visitor = new Visitor()
  await visitor.get(node.url, '/fill')
  expect((await visitor.get(node.url)).status).toBe(200)
  return seen[0] as T
}

const errorOf = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return error
  }
}

describeEmbedded(({ test }) => {
  test('a scope reads as a plain object: in, keys, entries, spread, rest, JSON, for in', async ({ store }) => {
    const seen = await seenBy(store, ({ session }) => {
      const { a, ...rest } = session
      const loop: string[] = []
      for (const name in session) loop.push(name)
      return {
        in: ['a' in session, 'z' in session, 'toString' in session],
        own: [Object.hasOwn(session, 'a'), Object.hasOwn(session, 'z'), Object.hasOwn(session, 'a')],
        keys: Object.keys(session),
        entries: Object.entries(session),
        spread: { ...session },
        rest,
        json: JSON.stringify(session),
        loop,
        text: String(session),
        prototype: Object.getPrototypeOf(session) === Object.prototype,
      }
    })
    expect(seen).toEqual({
      in: [true, false, false],
      own: [true, false, true],
      keys: ['a', 'b'],
      entries: [
        ['a', 1],
        ['b', { c: [2] }],
      ],
      spread: { a: 1, b: { c: [2] } },
      rest: { b: { c: [2] } },
      json: '{"a":1,"b":{"c":[2]}}',
      loop: ['a', 'b'],
      text: '[object Object]',
      prototype: true,
    })
  })

  test('util.inspect and console.log show the content, at the depth they are asked for', async ({ store }) => {
    const seen = await seenBy(store, ({ session }) => [inspect(session), inspect({ session }), inspect([[[session]]])])
    expect(seen).toEqual([
      '{ a: 1, b: { c: [ 2 ] } }',
      '{ session: { a: 1, b: { c: [Array] } } }',
      '[ [ [ [Scope] ] ] ]',
    ])
  })

  test('it is written as a plain object: assignment, ??=, ++, delete, Object.assign, Object.defineProperty', async ({
    store,
  }) => {
    const seen = await seenBy(store, ({ session }) => {
      session.a += 1
      session.a++
      session.d ??= 'new'
      session.d ??= 'newer'
      Object.assign(session, { e: 5 })
      Object.defineProperty(session, 'f', { value: 6, enumerable: true, writable: true, configurable: true })
      const removals = [delete session.b, delete session.z]
      return { ...session, removals }
    })
    expect(seen).toEqual({ a: 3, d: 'new', e: 5, f: 6, removals: [true, true] })
  })

  test('a value is the same object each time it is read in a request', async ({ store }) => {
    const [first, second] = await seenBy(store, ({ session }) => [session.b, session.b])
    expect(first).toBe(second)
  })

  test('what cannot be stored as an attribute is refused: symbols, accessors, freezing, another prototype', async ({
    store,
  }) => {
    const errors = await seenBy(store, ({ session }) => [
      errorOf(() => Object.assign(session, { [Symbol('s')]: 1 })),
      errorOf(() => Object.defineProperty(session, 'g', { get: () => 1 })),
      errorOf(() => Object.freeze(session)),
      errorOf(() => Object.setPrototypeOf(session, {})),
    ])
    expect(errors).toEqual([expect.any(TypeError), expect.any(TypeError), expect.any(TypeError), expect.any(TypeError)])
    expect(String(errors[0])).toContain('A symbol (Symbol(s)) cannot name an attribute')
  })

  test("CFML's read-only keys are readable and not enumerable, and writing or deleting one throws", async ({
    store,
  }) => {
    const names = ['sessionid', 'cfid', 'cftoken', 'urltoken', 'timecreated', 'lastvisit']
    const seen = await seenBy(store, ({ session, scopes }) => ({
      id: scopes.session.id,
      values: names.map((name) => session[name]),
      in: names.filter((name) => name in session),
      keys: Object.keys(session),
      refusals: names.flatMap((name) => [
        errorOf(() => Object.assign(session, { [name]: 1 })),
        errorOf(() => delete session[name]),
      ]),
    }))
    const time = store.clock.now()
    const dates = [new Date(time), new Date(time)]
    expect(seen.values).toEqual([seen.id, seen.id, '0', `CFID=${seen.id}&CFTOKEN=0`, ...dates])
    expect(seen.in).toEqual(names)
    expect(seen.keys).toEqual(['a', 'b'])
    expect(seen.refusals.every((error) => isScopesError(error, 'KEY_READ_ONLY'))).toBe(true)
  })

  test('without a record the read-only keys are empty, and reading them begins none', async ({ store }) => {
    const page = ({ session, client }: PageContext) => {
      const { sessionid, cfid, cftoken, urltoken, timecreated, lastvisit } = session
      return { sessionid, cfid, cftoken, urltoken, timecreated, lastvisit, hits: client.hitcount }
    }
    const node = await store.node(shop({ '/': page }))
    const { setCookie, json } = await new Visitor().get(node.url)
    expect(json()).toEqual({ cftoken: '0', urltoken: '', hits: 0 })
    expect(setCookie).toEqual([])
  })

  test('lastvisit is the access before this one, and hitcount counts the accesses', async ({ store }) => {
    const pages: Record<string, Page> = {
      '/fill': ({ session, client }) => {
        session.a = 1
        client.a = 1
      },
      '/': ({ session, client }) => [session.lastvisit, session.timecreated, client.hitcount],
      '/last': ({ session }) => session.lastvisit,
    }
    const [a, b] = await store.pair(shop(pages))
    const visitor = new Visitor()
    const begin = store.clock.now()
    const at = (ms: number) => new Date(begin + ms).toJSON()
    await visitor.get(a.url, '/fill')
    store.skip(5_000)
    expect((await visitor.get(a.url)).json()).toEqual([at(0), at(0), 2])
    store.skip(70_000)
    expect((await visitor.get(a.url)).json()).toEqual([at(5_000), at(0), 3])
    store.skip(1_000)
    expect((await visitor.get(b.url, '/last')).json()).toBe(at(75_000))
  })

  for (const scope of ['session', 'client', 'application'] as const) {
    test(`assigning ctx.${scope} itself throws SCOPE_ASSIGNED, which names the remedy`, async ({ store }) => {
      const error = await seenBy(store, (ctx) => errorOf(() => Object.assign(ctx, { [scope]: null })))
      expect(isScopesError(error, 'SCOPE_ASSIGNED')).toBe(true)
      expect(String(error)).toContain(`ctx.${scope} itself cannot be assigned. Set its attributes instead`)
    })
  }

  test('the message for a scope that is not declared says how to declare it, for data and handle alike', async ({
    store,
  }) => {
    const errors: unknown[] = []
    const pages: Record<string, Page> = {
      '/data': ({ client }) => client.a,
      '/handle': ({ scopes }) => scopes.client.id,
    }
    const handlers = { onError: (error: unknown) => void errors.push(error) }
    const node = await store.node(shop({ ...sessionPages, ...pages }, handlers), { client: false })
    for (const path of ['/data', '/handle']) expect((await new Visitor().get(node.url, path)).status).toBe(500)
    const sentence =
      'The application shop has no client scope. Declare it in the configuration, as in: applications: { shop: { client: {} } }'
    expect(errors.map((error) => (error as Error).message)).toEqual([sentence, sentence])
    expect(errorOf(() => node.app.clients)).toMatchObject({ code: 'SCOPE_NOT_DECLARED' })
  })
})
