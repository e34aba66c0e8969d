// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to variables are written like this
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/config/config-error.js'
import { builtInDrivers } from '../../src/drivers/registry.js'
import { defineApplication } from '../../src/koa/define-application.js'
import { quietContainer, withFolder } from '../support/container.js'
import { errorOf, load, type Options, problemsIn } from './loading.js'

const key = 'hunter2 hunter2 hunter2 hunter2 hunter2'
const given: Options = { drivers: builtInDrivers, env: { NEW: key, NUMBER: '12345678', TRUE: 'true' } }

const file = (scopes: string, cache = 'keys: ["${NEW}", "${OLD:-}"]') => `
caches:
  browser: { driver: cookie, ${cache}, storage: true }
  sealed: { driver: cookie, keys: ["\${NEW}"] }
  pages: { driver: memory }
applications:
  shop: { ${scopes} }
`

const session = (keys: string) => `session: { storage: browser, ${keys} }`
const client = (keys: string) => `client: { storage: browser, ${keys} }`

describe('a scope in a sealed cookie', () => {
  it('ends after 12h if it is a session, and never by age if it is a client', async () => {
    const { applications, caches } = await load(
      file('session: { storage: browser }, client: { storage: browser }'),
      given,
    )
    const { client, session } = applications.get('shop') ?? {}
    expect(session).toMatchObject({ timeoutMs: 30 * 60_000, lifetimeMs: 12 * 3_600_000 })
    expect(client).toMatchObject({ timeoutMs: 90 * 86_400_000, lifetimeMs: null })
    expect(caches.get('browser')).toMatchObject({ storage: true, options: { keys: [key], cookies: 1 } })
  })

  it.each([
    [
      session('cluster: true'),
      'session.cluster: This cannot work with a sealed cookie: the record is neither in a store nor in the memory of a node, but in the cookie of its visitor.',
    ],
    [session('cluster: false'), 'session.cluster: This cannot work with a sealed cookie: the record is neither'],
    [
      session('backup: response'),
      'session.backup: This cannot work with a sealed cookie: each response carries the record itself',
    ],
    [
      client('whenUnavailable: fail'),
      'client.whenUnavailable: This cannot work with a sealed cookie: there is no store',
    ],
    [
      client('concurrency: optimistic'),
      'client.concurrency: This cannot work with a sealed cookie: nothing knows of parallel requests',
    ],
    [
      client('concurrency: merge'),
      'client.concurrency: This cannot work with a sealed cookie: nothing knows of parallel requests',
    ],
    [
      session('touchInterval: 1s'),
      'session.touchInterval: This cannot work with a sealed cookie: a visit is noted by a fresh cookie',
    ],
    [
      session('firstTimeout: 1m'),
      'session.firstTimeout: This cannot work with a sealed cookie: a visitor who does not come back',
    ],
    [
      session('limit: { perPrincipal: 1 }'),
      'session.limit: This cannot work with a sealed cookie: nothing knows which sessions',
    ],
    [client('endGrace: 7d'), 'client.endGrace: This cannot work with a sealed cookie: nothing notices'],
    [client('memory: 64mb'), 'client.memory: This cannot work with a sealed cookie: no node keeps the record.'],
    [
      session('lifetime: never'),
      'session.lifetime: "never" cannot work with a sealed cookie: a copied one would open the session for ever.',
    ],
    [session('locks: true'), 'session.locks: The driver of the cache browser (cookie) has no locks.'],
    ['session: { storage: sealed }', 'session.storage: The cache sealed may not hold scopes.'],
    ['session: { endEvents: explicit }', 'session.endEvents: "explicit" has no effect: the store keeps records until'],
    [
      `session: { storage: browser, cookie: { name: a } }, client: { storage: browser, cookie: { name: a.1 } }`,
      'session.cookie.name: "a" can have a second cookie, a.1, and another scope has a cookie of that name.',
    ],
    [
      session(`cookie: { path: /${'p'.repeat(1_000)}, name: ${'n'.repeat(100)} }`),
      'session.cookie.name: The name, path and domain of this cookie leave too little room',
    ],
  ])('is refused what it cannot keep: %s', async (scopes, problem) => {
    const problems = await problemsIn(file(scopes), given)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/^7:\d+ applications\.shop\./)
    expect(problems[0]).toContain(`applications.shop.${problem}`)
  })

  it('is told of all mistakes at once, each at its place', async () => {
    const text = `
caches:
  browser: { driver: cookie, keys: ["\${NEW}"], storage: true, revocations: shraed }
applications:
  shop:
    session:
      storage: browser
      cluster: true
      limit: { perPrincipal: 1 }
`
    expect(await problemsIn(text, given)).toEqual([
      '3:76 caches.browser.revocations: There is no cache "shraed".',
      '8:16 applications.shop.session.cluster: This cannot work with a sealed cookie: the record is neither in a store nor in the memory of a node, but in the cookie of its visitor.',
      '9:14 applications.shop.session.limit: This cannot work with a sealed cookie: nothing knows which sessions a principal has.',
    ])
  })
})

describe('a sealed cookie that is one of two stores', () => {
  it.each([
    ['{ write: browser, fallback: memory }', 'write'],
    ['{ write: memory, fallback: browser }', 'fallback'],
  ])('%s is refused', async (storage, key) => {
    const text = `
caches:
  browser: { driver: cookie, keys: ["\${NEW}"], storage: true }
applications:
  shop: { session: { storage: ${storage} } }
`
    expect((await problemsIn(text, given)).map((problem) => problem.replace(/^\S+ /, ''))).toEqual([
      `applications.shop.session.storage.${key}: Records cannot move to or from "browser": sealed records are in the cookies of their visitors.`,
    ])
  })
})

describe('the cache of sealed cookies', () => {
  const scopes = client('')

  it.each([
    [
      'keys: ["${NEW}"], deadline: 5s',
      '3:58 caches.browser.deadline: "5s" has no effect: there is no store to wait for.',
    ],
    [
      'keys: ["${NEW}"], revocations: sealed',
      '3:61 caches.browser.revocations: The cache "sealed" (cookie) cannot hold objects',
    ],
    ['keys: ["${NEW}"], cookies: 3', '3:57 caches.browser.cookies: 3 is not 1 or 2.'],
    ['keys: ["${NEW}"], path: x', '3:48 caches.browser.path: This key is not known here.'],
    ['keys: []', '3:36 caches.browser.keys: *** holds no key.'],
    ['keys: ["${OLD:-}"]', '3:36 caches.browser.keys: *** holds no key.'],
    [
      'keys: ["${OLD:-}", "${NEW}"]',
      '3:37 caches.browser.keys[0]: *** is empty, so the key behind it would seal in its place.',
    ],
    ['keys: ["${NUMBER}"]', '3:37 caches.browser.keys[0]: *** is shorter than 32 bytes.'],
    ['keys: ["${TRUE}"]', '3:37 caches.browser.keys[0]: *** is shorter than 32 bytes.'],
    ['keys: ["${NEW}", s]', '3:47 caches.browser.keys[1]: *** is shorter than 32 bytes.'],
    ['keys: ["${NEW}", short]', '3:47 caches.browser.keys[1]: *** is shorter than 32 bytes.'],
    ['keys: ["${NEW}", " "]', '3:47 caches.browser.keys[1]: *** is shorter than 32 bytes.'],
    ['keys: ["${NEW}", hunter2]', '3:47 caches.browser.keys[1]: *** is shorter than 32 bytes.'],
    ['keys: hunter2', '3:36 caches.browser.keys: *** is not a list.'],
    ['keys: ["${UNSET}"]', '3:37 caches.browser.keys[0]: *** needs the environment variable UNSET, which is not set.'],
    ['cookies: 2', '3:3 caches.browser.keys: This key is missing.'],
  ])('%s', async (cache, problem) => {
    const problems = await problemsIn(file(scopes, cache), given)
    expect(problems).toEqual([expect.stringContaining(problem)])
  })

  it('advises no default for a key', async () => {
    const { problems } = await errorOf(load(file(scopes, 'keys: ["${UNSET}"]'), given))
    expect(problems.map(({ remedy }) => remedy)).toEqual(['Set UNSET.'])
  })

  it('says how to make a key, and shows none', async () => {
    const { message, problems } = await errorOf(
      load(file(scopes, 'keys: ["hunter2", "${SHORT}"]'), { ...given, env: { NEW: key, SHORT: 'hunter3' } }),
    )
    expect(problems.map(({ remedy }) => remedy)).toEqual([
      expect.stringContaining('node -p "crypto.randomBytes(32)'),
      expect.stringContaining('node -p "crypto.randomBytes(32)'),
    ])
    expect(message).not.toMatch(/hunter/)
  })

  it('may revoke in any cache that holds objects, with storage: true or without', async () => {
    await expect(load(file(scopes, 'keys: ["${NEW}"], revocations: pages'), given)).resolves.toBeDefined()
    await expect(load(file(scopes, 'keys: ["${NEW}"], revocations: memory'), given)).resolves.toBeDefined()
  })
})

describe('an application with an end handler', () => {
  const text = (session: string) => `
caches:
  browser: { driver: cookie, keys: ["\${NEW}"], storage: true }
applications:
  shop:
    session: { storage: browser${session} }
`
  const start = (session: string, shop: object) =>
    withFolder(async (folder) => {
      const path = join(folder, 'app.config.yaml')
      await writeFile(path, text(session))
      const container = await quietContainer(path, { applications: { shop }, env: { NEW: key } })
      await container.close()
    })

  it('is refused, at the place of its scope, unless the configuration says that it is known when it runs', async () => {
    const error = await start('', defineApplication({ onSessionEnd() {} })).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(ConfigError)
    expect((error as ConfigError).problems).toMatchObject([
      {
        line: 6,
        column: 25,
        path: 'applications.shop.session.storage',
        problem: expect.stringContaining('onSessionEnd, which cannot run when a sealed record expires'),
        remedy: expect.stringContaining('endEvents: explicit'),
      },
    ])
    await start(', endEvents: explicit', defineApplication({ onSessionEnd() {} }))
    await start('', defineApplication({ onClientEnd() {} }))
  })
})
