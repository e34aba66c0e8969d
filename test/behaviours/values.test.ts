import { expect } from 'vitest'
import { isScopesError } from '../../src/errors/scopes-error.js'
import { describeEverywhere } from '../support/matrix.js'
import { type Page, type PageContext, sessionPages, shop } from '../support/shop.js'
import { Visitor } from '../support/visitor.js'

const oddNames = [
  '',
  ' ',
  'a.b',
  '$set',
  '$',
  '\0',
  'a\0b',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'toJSON',
  'then',
  'ümlaut',
  'e\u0301',
  '\u00e9',
  '🛒',
  '👩‍👩‍👧',
  '\u202e',
  '0',
  '-1',
  'x'.repeat(1_024),
  '🛒'.repeat(256),
]

/** As JSON.parse(JSON.stringify(...)), keys such as `__proto__` included. */
const entriesOf = (values: object) => Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))

describeEverywhere.andServers(({ test }) => {
  test('22. an attribute of a megabyte is read back identical', async ({ store }) => {
    const text = 'a\0é🛒'.repeat(2 ** 17)
    expect(Buffer.byteLength(text)).toBe(2 ** 20)
    let seen: unknown
    const pages = {
      '/fill': ({ session }: PageContext) => {
        session.text = text
        session.small = 1
      },
      '/see': ({ session }: PageContext) => {
        seen = session.text
      },
    }
    const [a, b] = await store.pair(shop(pages))
    const visitor = new Visitor()
    await visitor.get(a.url, '/fill')
    await visitor.get(b.url, '/see')
    expect(seen === text).toBe(true)
  })

  test('22. a thousand attributes are read back identical', async ({ store }) => {
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`n${n}`, { n }]))
    const pages = { ...sessionPages, '/fill': ({ session }: PageContext) => void Object.assign(session, many) }
    const [a, b] = await store.pair(shop(pages))
    const visitor = new Visitor()
    await visitor.get(a.url, '/fill')
    expect((await visitor.get(b.url, '/read')).json()).toEqual(many)
  })

  test('values of every kind that can be stored are read back equal', async ({ store }) => {
    const create = () => ({
      date: new Date(0),
      map: new Map<unknown, unknown>([[{ key: 1 }, new Set([Number.NaN])]]),
      bigint: 2n ** 64n,
      regexp: /a+/giu,
      url: new URL('https://example.com/?a=1'),
      numbers: [-0, Number.NaN, Number.POSITIVE_INFINITY, 0.1],
      bytes: new Uint8Array([0, 255]),
      nothing: undefined,
      empty: null,
      nested: { undefined: [undefined], date: new Date(1) },
    })
    const seen: object[] = []
    const pages: Record<string, Page> = {
      '/fill': ({ session }) => void Object.assign(session, create()),
      '/see': ({ session }) => void seen.push({ ...session }),
    }
    const [a, b] = await store.pair(shop(pages))
    const visitor = new Visitor()
    await visitor.get(a.url, '/fill')
    for (const { url } of [a, b]) await visitor.get(url, '/see')
    expect(seen).toStrictEqual([create(), create()])
  })

  test('22. every name is a name like any other: dots, dollars, NUL, __proto__, emoji, 1,024 bytes', async ({
    store,
  }) => {
    const page = ({ session }: PageContext) => {
      for (const name of oddNames) session[name] = { name }
    }
    const seen: { keys?: string[]; values?: unknown[]; spread?: object } = {}
    const look = ({ session }: PageContext) => {
      seen.keys = Object.keys(session)
      seen.values = oddNames.map((name) => session[name])
      seen.spread = { ...session }
    }
    const [a, b] = await store.pair(shop({ ...sessionPages, '/fill': page, '/look': look }))
    const visitor = new Visitor()
    expect((await visitor.get(a.url, '/fill')).status).toBe(200)
    for (const { url } of [a, b]) {
      await visitor.get(url, '/look')
      expect(seen.keys?.sort()).toEqual([...oddNames].sort())
      expect(seen.values).toEqual(oddNames.map((name) => ({ name })))
      expect(entriesOf(seen.spread ?? {})).toEqual(
        entriesOf(Object.fromEntries(oddNames.map((name) => [name, { name }]))),
      )
      expect(({} as { name?: unknown }).name, 'no prototype is polluted').toBeUndefined()
    }
  })

  test('22. an attribute of any of these names can be removed alone', async ({ store }) => {
    const fill = ({ session }: PageContext) => {
      for (const name of oddNames) session[name] = 1
    }
    const empty = ({ session }: PageContext) => {
      for (const name of oddNames.slice(1)) delete session[name]
    }
    const [a, b] = await store.pair(shop({ ...sessionPages, '/fill': fill, '/empty': empty }))
    const visitor = new Visitor()
    await visitor.get(a.url, '/fill')
    await visitor.get(a.url, '/empty')
    expect((await visitor.get(b.url, '/read')).json()).toEqual({ '': 1 })
  })

  for (const { name, reason } of [
    { name: '\ud83d', reason: /half of a surrogate pair/ },
    { name: `${'x'.repeat(1_024)}y`, reason: /1025 bytes/ },
    { name: `${'🛒'.repeat(256)}é`, reason: /1026 bytes/ },
  ]) {
    test(`a name that cannot be stored is refused where it is used: ${reason}`, async ({ store }) => {
      let refusal: unknown
      const page = ({ session }: PageContext) => {
        session.before = 1
        try {
          session[name] = 1
        } catch (error) {
          refusal = error
        }
      }
      const node = await store.node(shop({ ...sessionPages, '/': page }))
      const visitor = new Visitor()
      await visitor.get(node.url)
      expect(isScopesError(refusal, 'NAME_NOT_STORABLE')).toBe(true)
      expect(String(refusal)).toMatch(reason)
      expect((await visitor.get(node.url, '/read')).json()).toEqual({ before: 1 })
    })
  }
})
