import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ScopeConfig } from '../../src/config/config.js'
import { loadConfig } from '../../src/config/load.js'
import { drivers, errorOf, load } from './loading.js'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const sessionDefaults: ScopeConfig = {
  storage: 'memory',
  cluster: false,
  timeoutMs: 30 * minute,
  lifetimeMs: null,
  remember: { timeoutMs: 30 * day, lifetimeMs: null },
  backup: 'response',
  whenUnavailable: 'local',
  onUndecodable: 'drop',
  reportLateChanges: true,
  concurrency: 'merge',
  touchIntervalMs: 1_000,
  locks: false,
  transient: [],
  copesWithoutTransient: false,
  carriers: [{ kind: 'cookie' }],
  endGraceMs: 7 * day,
  memoryBytes: 64 * 1024 ** 2,
  maxSizeBytes: 4 * 1024 ** 2,
  cookie: {
    name: 'shop_sid',
    path: '/',
    sameSite: 'lax',
    secure: 'auto',
    httpOnly: true,
    persistent: false,
    hostPrefix: false,
    partitioned: false,
  },
}

const { remember: _, ...common } = sessionDefaults

const clientDefaults: ScopeConfig = {
  ...common,
  timeoutMs: 90 * day,
  cookie: { ...sessionDefaults.cookie, name: 'shop_cid', persistent: true },
}

const shop = async (text: string) => (await load(`applications:\n  shop: ${text}`)).applications.get('shop')

describe('defaults', () => {
  it.each(['', '# nothing but a comment', '{}', 'server:\ncaches:\napplications:'])(
    'an empty configuration (%j) serves nothing, and has the cache memory',
    async (text) => {
      const config = await load(text, { applications: [] })
      expect(config.server).toEqual({
        host: '127.0.0.1',
        port: 8080,
        proxy: false,
        keepAliveTimeoutMs: 65_000,
        headersTimeoutMs: 60_000,
        requestTimeoutMs: 300_000,
        drainMs: 0,
        shutdownMs: 10_000,
      })
      expect(config.applications.size).toBe(0)
      expect(config.caches.get('memory')).toMatchObject({ name: 'memory', storage: true, deadlineMs: 5000 })
    },
  )

  it.each(['', '{}'])(
    'an application (%j) answers everywhere, ends after an idle day and has no scopes',
    async (text) => {
      expect(await shop(text)).toEqual({
        name: 'shop',
        mount: '/',
        scopeless: [],
        application: { timeoutMs: day },
      })
    },
  )

  it.each([
    ['production', 'auto', false],
    ['production', 'true', true],
    ['staging', 'auto', true],
    ['staging', 'false', false],
  ])('where NODE_ENV is %s, reportLateChanges: %s means %s', async (NODE_ENV, written, meant) => {
    const text = `applications: { shop: { session: { reportLateChanges: ${written} }, client: {} } }`
    const { session } = (await load(text, { env: { NODE_ENV } })).applications.get('shop') ?? {}
    expect(session?.reportLateChanges).toBe(meant)
  })

  it.each(['{ session: {} }', '{ session: }', '\n    session:'])('%j is a session with all defaults', async (text) => {
    expect((await shop(text))?.session).toEqual(sessionDefaults)
  })

  it.each(['{ client: {} }', '{ client: }'])('%j is a client with all defaults', async (text) => {
    expect((await shop(text))?.client).toEqual(clientDefaults)
  })

  it('false means that a scope is off', async () => {
    expect(await shop('{ session: false, client: {} }')).not.toHaveProperty('session')
  })

  it('a partial cookie entry keeps the other defaults', async () => {
    const application = await shop('{ mount: /shop/, session: { cookie: { sameSite: strict } } }')
    expect(application?.session?.cookie).toEqual({ ...sessionDefaults.cookie, path: '/shop', sameSite: 'strict' })
  })

  it('a session that lives in the cache fails when the cache cannot be reached', async () => {
    const { applications } = await load(`
      caches: { shared: { driver: disk, path: ./data, storage: true } }
      applications: { shop: { session: { storage: shared, cluster: true } } }
    `)
    expect(applications.get('shop')?.session).toMatchObject({
      storage: 'shared',
      cluster: true,
      whenUnavailable: 'fail',
    })
  })

  it('a declared cache named memory takes the place of the built-in one', async () => {
    const { caches } = await load('caches: { memory: { driver: disk, path: ./data } }\napplications: { shop: {} }')
    expect(caches.get('memory')).toMatchObject({ driver: { name: 'disk' }, storage: false })
  })
})

describe('what is written', () => {
  it('is read key by key', async () => {
    const application = await shop(`
      { host: Shop.Example.COM, mount: /shop, scopeless: [/static, /health/], application: { timeout: never },
        session: { timeout: [0, 0, 20, 0], lifetime: 12h, backup: behind, whenUnavailable: fail, onUndecodable: fail, reportLateChanges: false,
                   endGrace: 1d, memory: 1gb, maxSize: 512kb, limit: { perPrincipal: 3, then: refuse },
                   remember: { timeout: 7d, lifetime: 30d }, transient: [socket], carriers: [cookie, { header: X-Token }],
                   cookie: { route: a, name: sid, path: /, domain: example.com, sameSite: none, secure: true, httpOnly: false,
                             persistent: true } } }`)
    expect(application).toEqual({
      name: 'shop',
      host: 'shop.example.com',
      mount: '/shop',
      scopeless: ['/static', '/health'],
      application: { timeoutMs: null },
      session: {
        storage: 'memory',
        cluster: false,
        timeoutMs: 20 * minute,
        lifetimeMs: 12 * hour,
        backup: 'behind',
        whenUnavailable: 'fail',
        touchIntervalMs: 1_000,
        onUndecodable: 'fail',
        reportLateChanges: false,
        endGraceMs: day,
        memoryBytes: 1024 ** 3,
        maxSizeBytes: 512 * 1024,
        concurrency: 'merge',
        locks: false,
        // biome-ignore lint/suspicious/noThenProperty: a key of the configuration
        limit: { perPrincipal: 3, then: 'refuse' },
        remember: { timeoutMs: 7 * day, lifetimeMs: 30 * day },
        transient: ['socket'],
        copesWithoutTransient: false,
        carriers: [{ kind: 'cookie' }, { kind: 'header', name: 'x-token' }],
        cookie: {
          route: 'a',
          name: 'sid',
          path: '/',
          domain: 'example.com',
          sameSite: 'none',
          secure: true,
          httpOnly: false,
          persistent: true,
          hostPrefix: false,
          partitioned: false,
        },
      },
    })
  })

  it('gives the options of a cache to its driver, with the defaults of the driver', async () => {
    const { caches } = await load(`
      caches:
        shared: { driver: network, deadline: 2s, storage: true, nodes: [{ host: a }, { host: b, port: 7000 }] }
      applications: { shop: }
    `)
    expect(caches.get('shared')).toEqual({
      name: 'shared',
      driver: drivers.get('network'),
      storage: true,
      deadlineMs: 2000,
      options: { nodes: [{ host: 'a' }, { host: 'b', port: 7000 }], buckets: 1 },
    })
  })

  it('may use anchors and aliases', async () => {
    const { applications } = await load('applications: { shop: { session: &scope { timeout: 5m }, client: *scope } }')
    expect(applications.get('shop')?.client?.timeoutMs).toBe(5 * minute)
  })

  it('may name things after the properties of objects', async () => {
    const { applications, caches } = await load(
      'caches: { constructor: { driver: memory } }\napplications: { toString: {} }',
      {
        applications: ['toString'],
      },
    )
    expect([...caches.keys(), ...applications.keys()]).toEqual(['memory', 'constructor', 'toString'])
  })
})

describe('a file', () => {
  it('is where relative paths start', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'koa-scopes-config-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const [file, module] = [join(folder, 'app.config.yaml'), join(folder, 'shop.js')]
    await writeFile(module, '')
    await writeFile(file, 'applications: { shop: { module: ./shop.js } }')
    const config = await loadConfig(file, { drivers })
    expect(config).toMatchObject({ source: file, directory: dirname(file) })
    expect(config.applications.get('shop')?.module).toBe(module)
  })

  it('that is not there is CONFIG_UNREADABLE', async () => {
    const error = await errorOf(loadConfig('/no/such/file.yaml', { drivers }))
    expect(error).toMatchObject({ code: 'CONFIG_UNREADABLE', problems: [], cause: { code: 'ENOENT' } })
    expect(error.message).toContain('/no/such/file.yaml')
  })

  it('that is a folder is CONFIG_UNREADABLE', async () => {
    await expect(loadConfig(tmpdir(), { drivers })).rejects.toMatchObject({ code: 'CONFIG_UNREADABLE' })
  })
})

describe('an object', () => {
  it('says the same as a file', async () => {
    const config = await loadConfig(
      { server: { port: 0 }, applications: { shop: { session: { timeout: '5m' }, client: null } } },
      { drivers, applications: ['shop'] },
    )
    expect(config).toMatchObject({ source: 'config', directory: process.cwd(), server: { port: 0 } })
    expect(config.applications.get('shop')).toMatchObject({
      session: { timeoutMs: 5 * minute },
      client: { timeoutMs: 90 * day },
    })
  })

  it('has problems without lines', async () => {
    const { problems } = await errorOf(loadConfig({ server: { port: -1 } }, { drivers }))
    expect(problems).toEqual([
      {
        file: 'config',
        path: 'server.port',
        problem: '-1 is less than 0.',
        remedy: 'Write it as in: port: 8080, or name a socket, as in: port: /run/app.sock',
      },
    ])
  })

  it('may hold instances of classes for a driver, and is left as it is', async () => {
    const input = Object.freeze({
      caches: Object.freeze({ pages: Object.freeze({ driver: 'memory', maxEntries: 7 }) }),
    })
    const { caches } = await loadConfig(input, { drivers })
    expect(caches.get('pages')?.options).toMatchObject({ maxEntries: 7 })
  })

  it('that contains itself is refused', async () => {
    const nodes: Record<string, unknown> = { driver: 'memory' }
    nodes.again = nodes
    const { problems } = await errorOf(loadConfig({ caches: { nodes: nodes as { driver: string } } }, { drivers }))
    expect(problems.map(({ problem }) => problem)).toContain('This contains itself, or is nested too deep.')
  })
})

describe('server', () => {
  const server = async (text: string, env: NodeJS.ProcessEnv = {}) =>
    (await load(`server: ${text}`, { applications: [], env })).server

  it.each([
    ['8081', 8081],
    ['/run/app.sock', '/run/app.sock'],
    ['fd:3', 'fd:3'],
    ['\\\\.\\pipe\\b7d1', '\\\\.\\pipe\\b7d1'],
  ])('the port may come from a variable: %s', async (PORT, port) => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: references to variables are written like this
    expect((await server('{ port: "${PORT:-8080}" }', { PORT })).port).toBe(port)
  })

  it('a socket without a folder of its own is beside the file', async () => {
    const { directory, server } = await load('server: { port: ./app.sock, socketMode: "660" }', { applications: [] })
    expect(server).toMatchObject({ port: join(directory, 'app.sock'), socketMode: 0o660 })
  })

  it.each([
    ['8080', 8080],
    ['fd:3', 'fd:3'],
  ])('a mode for the socket does no harm where a variable names another port: %s', async (PORT, port) => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: references to variables are written like this
    expect((await server('{ port: "${PORT:-/run/app.sock}", socketMode: "660" }', { PORT })).port).toBe(port)
  })

  it('headers have no more time than the whole request', async () => {
    expect(await server('{ requestTimeout: 30s }')).toMatchObject({
      headersTimeoutMs: 30_000,
      requestTimeoutMs: 30_000,
    })
    expect(await server('{ requestTimeout: never }')).toMatchObject({
      headersTimeoutMs: 60_000,
      requestTimeoutMs: null,
    })
    expect(await server('{ requestTimeout: never, headersTimeout: never }')).toMatchObject({ headersTimeoutMs: null })
  })
})

describe('the result', () => {
  it('is frozen all the way down', async () => {
    const config = await load('applications: { shop: { scopeless: [/a], session: {} } }')
    const application = config.applications.get('shop')
    const cache = config.caches.get('memory')
    for (const part of [
      config,
      config.server,
      config.applications,
      config.caches,
      application,
      application?.scopeless,
      application?.application,
      application?.session,
      application?.session?.cookie,
      cache,
      cache?.options,
    ]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
    const caches = config.caches as Map<string, unknown>
    expect(() => caches.clear()).toThrow('frozen')
    expect(() => caches.set('other', cache)).toThrow('frozen')
  })

  it('leaves the definitions of drivers as they are', async () => {
    const { caches } = await load('applications: { shop: {} }')
    expect(Object.isFrozen(caches.get('memory')?.driver)).toBe(false)
  })

  it('may tell the store of every visit', async () => {
    const { applications } = await load(`
      caches: { shared: { driver: network, url: "redis://a", storage: true } }
      applications: { shop: { session: { storage: shared, cluster: true, touchInterval: 0s } } }
    `)
    expect(applications.get('shop')?.session?.touchIntervalMs).toBe(0)
  })
})
