import { describe, expect, it } from 'vitest'
import { load, problemsIn } from './loading.js'

const scopes = (session: string, client = '{}') =>
  `applications: { shop: { session: { carriers: ${session} }, client: ${client} } }`

describe('carriers', () => {
  it('are the cookie, unless something else is said', async () => {
    const carriersOf = async (text: string) => (await load(text)).applications.get('shop')?.session?.carriers
    expect(await carriersOf('applications: { shop: { session: {} } }')).toEqual([{ kind: 'cookie' }])
    expect(await carriersOf(scopes('[{ header: X-Auth-Token }, cookie]'))).toEqual([
      { kind: 'header', name: 'x-auth-token' },
      { kind: 'cookie' },
    ])
  })

  it.each([
    ['[]', 'carriers[0]: This key is missing.'],
    ['cookie', 'carriers: "cookie" is not a list.'],
    ['[cokie]', 'carriers[0]: "cokie" is not cookie or a map.'],
    ['[{ heder: x }]', 'carriers[0].heder: This key is not known here.'],
    ['[cookie, cookie]', 'carriers[1]: "cookie" is in the list already.'],
    ['[{ header: a }, cookie, { header: A }]', 'carriers[2].header: "A" is in the list already.'],
    ['[{ header: "a b" }]', 'carriers[0].header: "a b" is not accepted: a header\'s name has letters'],
    ['[{ header: "" }]', 'carriers[0].header: "" is not accepted'],
    ['[{ header: Cookie }]', 'carriers[0].header: "Cookie" is a header with another meaning.'],
    ['[{ header: x-forwarded-for }]', 'carriers[0].header: "x-forwarded-for" is a header with another meaning.'],
    ['[{ header: __proto__ }]', 'carriers[0].header: "__proto__" is a header with another meaning.'],
    ['[{ header: CDN-Cache-Control }]', 'carriers[0].header: "CDN-Cache-Control" is a header with another meaning.'],
    ['[{ header: authorization }, { header: session-token }]', 'carriers[1].header: "session-token" is in the list'],
    ['[{ header: content-type }]', 'carriers[0].header: "content-type" is a header with another meaning.'],
  ])('%s is a problem', async (text, problem) => {
    expect(await problemsIn(scopes(text))).toContainEqual(
      expect.stringContaining(`applications.shop.session.${problem}`),
    )
  })

  it('of two scopes of one application are two headers', async () => {
    expect(await problemsIn(scopes('[{ header: x-a }]', '{ carriers: [cookie, { header: X-A }] }'))).toEqual([
      expect.stringContaining('client.carriers[1].header: "X-A" already carries the other scope of this application.'),
    ])
    expect(
      await problemsIn(scopes('[{ header: authorization }]', '{ carriers: [{ header: session-token }] }')),
    ).toEqual([expect.stringContaining('client.carriers[0].header: "session-token" already carries the other scope')])
    await expect(load(scopes('[{ header: x-a }]', '{ carriers: [{ header: x-b }] }'))).resolves.toBeDefined()
  })
})

describe('remember', () => {
  const rememberOf = async (session: string) =>
    (await load(`applications: { shop: { session: ${session} } }`)).applications.get('shop')?.session?.remember

  it('is 30 days of idleness, or a moment more than a longer timeout', async () => {
    const day = 86_400_000
    expect(await rememberOf('{}')).toEqual({ timeoutMs: 30 * day, lifetimeMs: null })
    expect(await rememberOf('{ timeout: 60d }')).toEqual({ timeoutMs: 60 * day + 1, lifetimeMs: null })
    expect(await rememberOf('{ timeout: never }')).toEqual({ timeoutMs: null, lifetimeMs: null })
    expect(await rememberOf('{ remember: { timeout: 90d, lifetime: 365d } }')).toEqual({
      timeoutMs: 90 * day,
      lifetimeMs: 365 * day,
    })
  })

  it.each([
    '{ remember: { timeout: 30m } }',
    '{ timeout: never, remember: { timeout: 30d } }',
    '{ timeout: never, remember: { timeout: never } }',
  ])('%s has no effect: it is not longer than the timeout', async (session) => {
    expect(await problemsIn(`applications: { shop: { session: ${session} } }`)).toEqual([
      expect.stringContaining('session.remember'),
    ])
  })

  it('may be for ever', async () => {
    expect(await rememberOf('{ timeout: 30m, remember: { timeout: never } }')).toEqual({
      timeoutMs: null,
      lifetimeMs: null,
    })
  })
})

describe('transient', () => {
  const file = (session: string) =>
    `caches: { shared: { driver: network, url: "net://host", storage: true } }\napplications: { shop: { session: ${session} } }`

  it('takes names of attributes only, and a route needs the cookie', async () => {
    for (const session of ['{ transient: [cfid] }', `{ transient: [${'x'.repeat(1025)}] }`])
      expect(await problemsIn(file(session))).toEqual([expect.stringContaining('session.transient')])
    expect(await problemsIn(file('{ carriers: [{ header: x-a }], cookie: { route: a } }'))).toEqual([
      expect.stringContaining('session.cookie.route: "a" has no effect'),
    ])
  })

  it('needs cluster: false, or handlers that cope', async () => {
    expect(await problemsIn(file('{ storage: shared, cluster: true, transient: [socket] }'))).toEqual([
      expect.stringContaining('session.transient'),
    ])
    const coping = '{ storage: shared, cluster: true, transient: { names: [socket], mayBeAbsent: true } }'
    for (const text of [coping, '{ storage: shared, transient: [socket] }'])
      await expect(load(file(text))).resolves.toBeDefined()
  })
})
