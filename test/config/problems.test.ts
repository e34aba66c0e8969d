import { describe, expect, it } from 'vitest'
import { errorOf, load, problemsIn } from './loading.js'

describe('all problems of a file are reported at once, in its order', () => {
  const file = `
server: { port: http, hots: 0.0.0.0, shutdown: 10 }
caches:
  embedded: { driver: disk, storage: yes, sync: disc }
  shared: { driver: netwrok, storage: true }
  pages: { driver: memory }
  9lives: { driver: memory, maxEntries: -1 }
applications:
  shop:
    mount: shop
    timeout: 30m
    session:
      storage: shraed
      timeout: 30
      cookie: { name: "a b" }
    client: { storage: pages, limit: { perPrincipal: 3 } }
  blog:
    session: { cluster: true }
  blog:
    session: { storage: shared, cluster: true, backup: behind, whenUnavailable: local }
applicatons: {}
`

  it('with line, column and path', async () => {
    expect(await problemsIn(file)).toEqual([
      '2:17 server.port: "http" is not a number.',
      '2:23 server.hots: This key is not known here.',
      '2:48 server.shutdown: 10 has no unit.',
      '4:3 caches.embedded.path: This key is missing.',
      '4:38 caches.embedded.storage: "yes" is not true or false.',
      '4:49 caches.embedded.sync: "disc" is not one of commit, disk.',
      '5:21 caches.shared.driver: "netwrok" is not one of memory, disk, network.',
      '7:3 caches.9lives: "9lives" is not a valid name.',
      '7:41 caches.9lives.maxEntries: -1 is less than 0.',
      '10:12 applications.shop.mount: "shop" is not accepted: a path begins with a slash and has no query.',
      '11:5 applications.shop.timeout: This key is not known here.',
      '13:16 applications.shop.session.storage: There is no cache "shraed".',
      '14:16 applications.shop.session.timeout: 30 has no unit.',
      `15:23 applications.shop.session.cookie.name: "a b" is not accepted: a cookie name has letters, digits and !#$%&'*+-.^_\`|~ only.`,
      '16:24 applications.shop.client.storage: The cache pages may not hold scopes.',
      '16:31 applications.shop.client.limit: This key is not known here.',
      '19:3 applications.blog: This key is written twice.',
      '19:3 applications.blog.module: This key is missing.',
      '20:56 applications.blog.session.backup: "behind" has no effect with cluster: true: each response waits until its changes are in the store.',
      '20:81 applications.blog.session.whenUnavailable: "local" is impossible with cluster: true: no record is held in memory.',
      '21:1 applicatons: This key is not known here.',
    ])
  })

  it('with the file and the remedy', async () => {
    const { message, problems } = await errorOf(load(file))
    expect(message).toMatch(/app\.config\.yaml has 21 problems:\n {2}\/.+app\.config\.yaml:2:17 {2}server\.port: /)
    expect(problems.map(({ path, remedy }) => `${path}: ${remedy}`)).toEqual(
      expect.arrayContaining([
        'server.port: Write it as in: port: 8080, or name a socket, as in: port: /run/app.sock',
        'server.hots: Did you mean host? Known here: host, port, socketMode, proxy, health, keepAliveTimeout, headersTimeout, requestTimeout, environment, drain, shutdown.',
        'caches.embedded.sync: Did you mean disk?',
        'caches.shared.driver: Did you mean network?',
        'applications.shop.session.storage: Did you mean shared? Known caches: embedded, shared, pages, 9lives, memory.',
        'applications.shop.client.storage: Add storage: true to it, or use a cache that has it: memory.',
        expect.stringContaining('applications.shop.client.limit: It belongs under applications.<name>.session.'),
        'applications.blog.module: Name the file with its definition, as in: module: ./shop/application.ts',
        'applicatons: Did you mean applications? Known here: server, metrics, admin, caches, applications.',
      ]),
    )
  })
})

const session = (text: string) => `
caches:
  shared: { driver: disk, path: ., storage: true }
  pages: { driver: memory }
applications:
  shop: { session: ${text} }`

describe('a value of its own', () => {
  it.each([
    ['server: 5', '1:9 server: 5 is not a map.'],
    ['server: [a]', '1:9 server: a list is not a map.'],
    ['server: { host: }', '1:11 server.host: null is not text.'],
    ['server: { port: 65536 }', '1:17 server.port: 65536 is more than 65535.'],
    ['server: { port: 80.5 }', '1:17 server.port: 80.5 is not a whole number.'],
    ['server: { port: [80] }', '1:17 server.port: [80] is not a number.'],
    ['server: { port: -1 }', '1:17 server.port: -1 is less than 0.'],
    ['server: { port: app.sock }', '1:17 server.port: "app.sock" is not a number.'],
    ['server: { port: "http://127.0.0.1" }', '1:17 server.port: "http://127.0.0.1" is not a number.'],
    ['server: { port: fd:three }', '1:17 server.port: "fd:three" is not a number.'],
    ['server: { port: /run/ }', '1:17 server.port: "/run/" is not a number.'],
    [
      `server: { port: /${'a'.repeat(103)} }`,
      `1:17 server.port: The path of a Unix socket has at most 103 bytes, and "/${'a'.repeat(79)}…" has 104 with its folder.`,
    ],
    [
      'server: { socketMode: "660" }',
      '1:23 server.socketMode: "660" has no effect: the port is not the path of a Unix socket.',
    ],
    [
      'server: { port: /run/app.sock, socketMode: "680" }',
      '1:44 server.socketMode: "680" is not accepted: a mode has three octal digits.',
    ],
    ['server: { port: /run/app.sock, socketMode: 0660 }', '1:44 server.socketMode: 660 is not text.'],
    ['server: { health: / }', '1:19 server.health: "/" would answer in place of the home page.'],
    [
      'server: { health: healthz }',
      '1:19 server.health: "healthz" is not accepted: a path begins with a slash and has no query.',
    ],
    [
      'server: { health: /up }\napplications: { shop: { mount: /up/live } }',
      '1:19 server.health: The application shop is mounted at /up/live, which "/up" answers.',
    ],
    [
      'server: { headersTimeout: 6m }',
      '1:27 server.headersTimeout: "6m" is longer than the requestTimeout, which has the headers in it.',
    ],
    [
      'server: { requestTimeout: 30s, headersTimeout: never }',
      '1:48 server.headersTimeout: "never" is longer than the requestTimeout, which has the headers in it.',
    ],
    ['server: { keepAliveTimeout: never }', '1:29 server.keepAliveTimeout: "never" is not a length of time.'],
    ['server: { drain: 25d }', '1:18 server.drain: "25d" is longer than a process can wait.'],
    ['server: { proxy: on }', '1:18 server.proxy: "on" is not true or false.'],
    ['server: { shutdown: never }', '1:21 server.shutdown: "never" is not a length of time.'],
    ['server: { shutdown: 1000000d }', '1:21 server.shutdown: "1000000d" is too long.'],
    ['server: { shutdown: 200y }', '1:21 server.shutdown: "200y" has a unit that is not known.'],
    ['server: { shutdown: 25d }', '1:21 server.shutdown: "25d" is longer than a process can wait.'],
    [
      'caches: { a: { driver: memory, deadline: 25d } }',
      '1:42 caches.a.deadline: "25d" is longer than a process can wait.',
    ],
    ['caches: { a: }', '1:11 caches.a: null is not a map.'],
    ['caches: { a: {} }', '1:11 caches.a.driver: This key is missing.'],
    ['caches: { "a b": { driver: memory } }', '1:11 caches["a b"]: "a b" is not a valid name.'],
    ['caches: { a: { driver: network } }', '1:14 caches.a: give either url or nodes.'],
    [
      'caches: { a: { driver: network, nodes: [{ hots: a }] } }',
      '1:43 caches.a.nodes[0].hots: This key is not known here.',
    ],
    ['applications: { shop: 1 }', '1:23 applications.shop: 1 is not a map.'],
    ['applications: { shop: { session: on } }', '1:34 applications.shop.session: "on" is not false or a map.'],
    [
      'applications: { shop: { host: "http://x" } }',
      '1:31 applications.shop.host: "http://x" is not accepted: a host is a name without protocol, port and path.',
    ],
    ['applications: { shop: { scopeless: /a } }', '1:36 applications.shop.scopeless: "/a" is not a list.'],
    [
      'applications: { shop: { scopeless: [/a, b] } }',
      '1:41 applications.shop.scopeless[1]: "b" is not accepted: a path begins with a slash and has no query.',
    ],
    [
      'applications: { shop: { session: { memory: much } } }',
      '1:44 applications.shop.session.memory: "much" is not a size.',
    ],
    [
      'applications: { shop: { session: { limit: {} } } }',
      '1:36 applications.shop.session.limit.perPrincipal: This key is missing.',
    ],
    [
      'applications: { shop: { session: { limit: { perPrincipal: 0 } } } }',
      '1:59 applications.shop.session.limit.perPrincipal: 0 is less than 1.',
    ],
  ])('%s', async (text, problem) => {
    expect(await problemsIn(text, { applications: text.includes('shop') ? ['shop'] : [] })).toContain(problem)
  })

  it('that is too long to read is shortened', async () => {
    const [problem] = await problemsIn(`server: { port: ${'x'.repeat(1000)} }`, { applications: [] })
    expect(problem?.length).toBeLessThan(200)
  })
})

describe('storage', () => {
  it.each([
    [
      'an unknown cache',
      '{ storage: nowhere }',
      '6:31 applications.shop.session.storage: There is no cache "nowhere".',
    ],
    [
      'a cache without storage: true',
      '{ storage: pages }',
      '6:31 applications.shop.session.storage: The cache pages may not hold scopes.',
    ],
    [
      'cluster: true on a store that no other node can reach',
      '{ cluster: true }',
      '6:31 applications.shop.session.cluster: No other node can reach the cache memory (memory), so cluster: true cannot work.',
    ],
  ])('%s', async (_, text, problem) => expect(await problemsIn(session(text))).toEqual([problem]))

  it('a default that is not usable is a problem too', async () => {
    expect(await problemsIn('caches: { memory: { driver: memory } }\napplications: { shop: { session: {} } }')).toEqual(
      ['2:25 applications.shop.session.storage: The cache memory may not hold scopes.'],
    )
  })

  it.each([
    [
      'an unknown cache among two',
      '{ storage: { write: shared, fallback: nowhere } }',
      ['6:58 applications.shop.session.storage.fallback: There is no cache "nowhere".'],
    ],
    [
      'two that may not hold scopes, or do not exist',
      '{ storage: { write: shraed, fallback: pages } }',
      [
        '6:40 applications.shop.session.storage.write: There is no cache "shraed".',
        '6:58 applications.shop.session.storage.fallback: The cache pages may not hold scopes.',
      ],
    ],
    [
      'the same cache twice',
      '{ storage: { write: shared, fallback: shared } }',
      ['6:58 applications.shop.session.storage.fallback: "shared" is also the cache to which the records move.'],
    ],
    [
      'cluster: true with a fallback that no other node can reach',
      '{ storage: { write: shared, fallback: memory }, cluster: true }',
      [
        '6:77 applications.shop.session.cluster: No other node can reach the cache memory (memory), so cluster: true cannot work.',
      ],
    ],
    [
      'half of a pair',
      '{ storage: { write: shared } }',
      ['6:22 applications.shop.session.storage.fallback: This key is missing.'],
    ],
  ])('%s', async (_, text, problems) => expect(await problemsIn(session(text))).toEqual(problems))

  it('records may move between two caches', async () => {
    const config = await load(session('{ storage: { write: shared, fallback: memory } }'))
    expect(config.applications.get('shop')?.session).toMatchObject({ storage: 'shared', fallback: 'memory' })
  })

  it('several processes of one host are nodes', async () => {
    await expect(load(session('{ storage: shared, cluster: true }'))).resolves.toBeDefined()
  })
})

describe('what follows from a problem is not reported as a second one', () => {
  it.each([
    [
      'a cache that is declared wrongly exists',
      'caches: { shared: { driver: dsik } }\napplications: { shop: { session: { storage: shared } } }',
      ['caches.shared.driver'],
    ],
    [
      'a storage flag that is wrong may have meant true',
      'caches: { pages: { driver: memory, storage: ture } }\napplications: { shop: { session: { storage: pages } } }',
      ['caches.pages.storage'],
    ],
    [
      'a storage that is wrong is not the default',
      'applications: { shop: { session: { storage: 5, cluster: true } } }',
      ['applications.shop.session.storage'],
    ],
    [
      'a mount that is wrong is not the default',
      'applications: { shop: { mount: x }, blog: { mount: / } }',
      ['applications.shop.mount'],
    ],
    [
      'an application that is declared wrongly is declared',
      'applications: { shop: 5, blog: { mount: / } }',
      ['applications.shop'],
    ],
  ])('%s', async (_, text, paths) => {
    const { problems } = await errorOf(
      load(text, { applications: ['shop', ...(text.includes('blog') ? ['blog'] : [])] }),
    )
    expect(problems.map(({ path }) => path)).toEqual(paths)
  })
})

it('a first timeout is shorter than the timeout', async () => {
  expect(await problemsIn('applications: { shop: { session: { timeout: 30m, firstTimeout: 30m } } }')).toEqual([
    '1:64 applications.shop.session.firstTimeout: "30m" has no effect: it is not shorter than the timeout.',
  ])
  const right = await load('applications: { shop: { session: { timeout: never, firstTimeout: 2m } } }')
  expect(right.applications.get('shop')?.session).toMatchObject({ timeoutMs: null, firstTimeoutMs: 120_000 })
})

it('a touch interval is for scopes that live in the cache, and has a unit', async () => {
  expect(await problemsIn('applications: { shop: { session: { touchInterval: 2s } } }')).toEqual([
    '1:51 applications.shop.session.touchInterval: "2s" has no effect with cluster: false: visits are written once per min(timeout/10, 60 s).',
  ])
  const text = `caches: { shared: { driver: network, url: "redis://a", storage: true } }
applications: { shop: { session: { storage: shared, cluster: true, touchInterval: 0 } } }`
  expect(await problemsIn(text)).toEqual(['2:83 applications.shop.session.touchInterval: 0 has no unit.'])
})

describe('applications', () => {
  it.each([
    [
      'the same mount',
      '{ shop: { mount: /a }, blog: { mount: /a/ } }',
      '1:53 applications.blog.mount: The application shop already answers under /a.',
    ],
    [
      'the same mount by default',
      '{ shop: {}, blog: {} }',
      '1:27 applications.blog.mount: The application shop already answers under /.',
    ],
    [
      'the same mount of one host',
      '{ shop: { host: a.com }, blog: { host: A.com } }',
      '1:40 applications.blog.mount: The application shop already answers under / on the same host.',
    ],
  ])('may not have %s', async (_, text, problem) => {
    expect(await problemsIn(`applications: ${text}`, { applications: ['shop', 'blog'] })).toEqual([problem])
  })

  it('may have the same mount on different hosts', async () => {
    const text = 'applications: { shop: { host: a.com }, blog: { host: b.com }, other: {} }'
    await expect(load(text, { applications: ['shop', 'blog', 'other'] })).resolves.toBeDefined()
  })

  it('need a module that is there', async () => {
    const text = 'applications:\n  shop: { module: ./nothing.js }'
    expect(await problemsIn(text, { applications: [] })).toEqual([
      '2:19 applications.shop.module: There is no file "./nothing.js".',
    ])
  })

  it('need a module that is a file', async () => {
    const text = 'applications:\n  shop: { module: . }'
    expect(await problemsIn(text, { applications: [] })).toEqual([
      '2:19 applications.shop.module: There is no file ".".',
    ])
  })

  it('need no module when their definition is given in code', async () => {
    const { applications } = await load('applications: { shop: { module: ./nothing.js } }')
    expect(applications.get('shop')).not.toHaveProperty('module')
  })

  it('whose definition is given in code must be declared', async () => {
    const { problems } = await errorOf(load('applications: { shopp: { module: app.config.yaml } }'))
    expect(problems).toMatchObject([
      { path: 'applications.shop', remedy: expect.stringContaining('Did you mean shopp?') },
    ])
  })
})
