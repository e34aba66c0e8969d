import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { ConfigInput } from '../../src/config/load.js'
import { quietContainer } from '../support/container.js'
import { describeEverywhere } from '../support/matrix.js'
import { type OpenScopes, sessionPages, shop } from '../support/shop.js'
import { serveContainer } from '../support/visitor.js'

const site = shop({ ...sessionPages, '/visits': (ctx) => ({ ...ctx.client }) })

/** What a page answers to a request with these headers. */
const page = async (url: string, path: string, headers: Readonly<Record<string, string>>) =>
  (await fetch(url + path, { headers })).json()

describe('begin() of a directory', () => {
  describeEverywhere(({ test }) => {
    test('begins a session that its credential opens on every node, with a principal and attributes', async ({
      store,
    }) => {
      const [a, b] = await store.pair(site)
      const { credential, headers, id, setCookie } = await a.app.sessions.begin({
        principal: 'anna',
        cart: ['tea'],
        since: new Date(0),
      })
      expect(headers).toEqual({ cookie: `shop_sid=${credential}` })
      expect(setCookie).toEqual([`shop_sid=${credential}; Path=/; HttpOnly; SameSite=Lax`])
      for (const { url } of [a, b]) {
        expect(await page(url, '/read', headers)).toEqual({ cart: ['tea'], since: '1970-01-01T00:00:00.000Z' })
        expect(await page(url, '/principal', headers)).toBe('anna')
      }
      expect((await b.app.sessions.find({ principal: 'anna' })).map((found) => found.id)).toEqual([id])
    })

    test('begins one without a principal or attributes, and a client', async ({ store }) => {
      const { app, url } = await store.node(site)
      const { headers, id } = await app.sessions.begin()
      expect(await page(url, '/id', headers)).toBe(id)
      const client = await app.clients.begin({ visits: 3 })
      expect(await page(url, '/visits', client.headers)).toEqual({ visits: 3 })
    })

    test('begins none while the store is unavailable, and leaves nothing of it', async ({ store }) => {
      const { app, line } = await store.node(site)
      line.cut()
      await expect(app.sessions.begin({ cart: 'tea' })).rejects.toHaveProperty('code', 'STORAGE_UNAVAILABLE')
      line.restore()
      await store.run(2_000)
      expect(await app.sessions.count()).toBe(0)
    })

    test('applies the limit per principal', async ({ store }) => {
      // biome-ignore lint/suspicious/noThenProperty: a key of the configuration
      const limit = { perPrincipal: 1, then: 'refuse' } as const
      const { app } = await store.node(site, { session: { limit } })
      await app.sessions.begin({ principal: 'anna' })
      await expect(app.sessions.begin({ principal: 'anna' })).rejects.toHaveProperty('code', 'LIMIT_REACHED')
      expect(await app.sessions.count()).toBe(1)
    })

    test('stores nothing of what it refuses', async ({ store }) => {
      const { app } = await store.node(site)
      await expect(app.sessions.begin({ principal: 'anna', run: () => {} })).rejects.toThrow('run')
      await expect(app.sessions.begin({ sessionid: 'x' })).rejects.toThrow('sessionid')
      await expect(app.sessions.begin({ principal: '' })).rejects.toThrow('A principal is not empty')
      for (const content of ['anna', null, ['anna'], new Map([['name', 'anna']]), new Date(), Promise.resolve({})])
        await expect(app.sessions.begin(content as never)).rejects.toThrow('an object with its attributes')
      await expect(app.sessions.begin({}, { remember: true })).rejects.toThrow('Only a record with a principal')
      await expect(app.sessions.begin({}, { rememeber: true } as never)).rejects.toThrow('no option "rememeber"')
      expect(await app.sessions.count()).toBe(0)
    })
  })
})

/** The directories of an application with these scopes. */
async function directoriesWith(config: ConfigInput) {
  const container = await quietContainer(config, { applications: { shop: site } })
  const { url, close } = await serveContainer(container)
  return {
    url,
    app: container.application<OpenScopes>('shop'),
    close: async () => {
      await close()
      await container.close()
    },
  }
}

describe('the credential of begin()', () => {
  test('comes in a header for each carrier, any of which opens the session', async () => {
    const carriers = ['cookie' as const, { header: 'x-auth-token' }, { header: 'authorization' }] as const
    const session = { carriers: [...carriers] as [...typeof carriers], cookie: { persistent: true } }
    const { app, close, url } = await directoriesWith({ applications: { shop: { session, client: {} } } })
    const { credential, headers, id, setCookie } = await app.sessions.begin({ principal: 'anna' })
    expect(headers).toEqual({
      cookie: `shop_sid=${credential}`,
      'x-auth-token': credential,
      authorization: `Bearer ${credential}`,
    })
    expect(setCookie).toEqual([`shop_sid=${credential}; Max-Age=1800; Path=/; HttpOnly; SameSite=Lax`])
    for (const [name, value] of Object.entries(headers)) expect(await page(url, '/id', { [name]: value })).toBe(id)
    await close()
  })

  test('follows the configured cookie and the life of a remembered login', async () => {
    const cookie = { name: 'id', path: '/shop', domain: 'example.com', secure: true, route: 'n1' } as const
    const session = { remember: { timeout: '30d' }, cookie } as const
    const { app, close } = await directoriesWith({ applications: { shop: { session, client: {} } } })
    const { credential, headers, setCookie } = await app.sessions.begin({ principal: 'anna' }, { remember: true })
    expect(headers).toEqual({ cookie: `id=${credential}.n1` })
    expect(setCookie).toEqual([
      `id=${credential}.n1; Max-Age=2592000; Domain=example.com; Path=/shop; HttpOnly; Secure; SameSite=Lax`,
    ])
    await close()
  })

  test('cannot be made for a record in a sealed cookie, or by a closed container', async () => {
    const caches = { browser: { driver: 'cookie', keys: [randomBytes(32).toString('base64url')], storage: true } }
    const { app, close } = await directoriesWith({
      caches,
      applications: { shop: { session: {}, client: { storage: 'browser' } } },
    })
    await expect(app.clients.begin({ visits: 1 })).rejects.toHaveProperty('code', 'SCOPE_SEALED')
    const { sessions } = app
    await close()
    await expect(sessions.begin()).rejects.toHaveProperty('code', 'CONTAINER_CLOSED')
  })
})
