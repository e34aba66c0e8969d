import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ContainerOptions } from '../../../src/container/create-container.js'
import type { DriverDefinition } from '../../../src/drivers/definition.js'
import { builtInDrivers } from '../../../src/drivers/registry.js'
import { servedBy } from '../../../src/koa/application.js'
import { defineApplication } from '../../../src/koa/define-application.js'
import { sealOf } from '../../../src/scopes/record/credential.js'
import { ManualClock } from '../../../src/testing/manual-clock.js'
import { operatedNode } from '../../support/admin-node.js'
import { ask, type OperatedNode, Operator, seed, shop, storedAttributes, withSpace } from '../../support/admin-site.js'
import { Gate } from '../../support/gate.js'
import { startRedis } from '../../support/redis-server.js'
import { StoreLine } from '../../support/store-line.js'
import { Visitor } from '../../support/visitor.js'

type Cache = NonNullable<Parameters<typeof operatedNode>[0]>['cache']
type Given = { readonly cache: NonNullable<Cache>; stop(): Promise<void> }

const places: Readonly<Record<string, () => Promise<Given>>> = {
  async lmdb() {
    const path = await mkdtemp(join(tmpdir(), 'koa-scopes-admin-'))
    return { cache: { driver: 'lmdb', storage: true, path }, stop: () => rm(path, { recursive: true }) }
  },
  async redis() {
    const server = await startRedis()
    return { cache: { driver: 'redis', storage: true, url: server.url }, stop: () => server.stop() }
  },
}

describe.each(Object.keys(places))('the pages on %s', (driver) => {
  let given: Given
  let node: OperatedNode
  let stop = async () => {}
  const sessions = '/applications/shop/sessions'

  beforeAll(async () => {
    given = (await places[driver]?.()) as Given
    await seed(given.cache, [
      ...Array.from({ length: 120 }, (_, index) => ({ id: `seeded-${String(index).padStart(3, '0')}` })),
      { id: 'of-anna', principal: 'anna', description: '{"device":"<b>phone</b>"}' },
      { id: 'also-of-anna', principal: 'anna' },
      {
        id: 'hostile',
        principal: '<img src=x onerror=alert(1)>\u202e',
        set: storedAttributes({ '<i>': '</span><script>1</script>', nul: '\u0000' }),
      },
      { id: 'broken', set: new Map([['cart', Buffer.from([0, 9, 60, 98, 62])]]) },
      {
        id: 'rich',
        principal: 'zoë',
        set: storedAttributes({
          since: new Date(0),
          basket: new Map([['tea', { count: 2n }]]),
          tags: new Set(['new']),
          deep: { a: { b: [1, 2, 3] } },
        }),
      },
      { id: 'a/b?c#d' },
    ])
    node = await operatedNode({ cache: given.cache }, (it) => {
      stop = it
    })
  })

  afterAll(async () => {
    await stop()
    await given.stop()
  })

  it('lists all sessions by pages, each once', async () => {
    const ids: string[] = []
    for (let cursor = ''; ; ) {
      const page = (await ask(node, `${sessions}?limit=50${cursor}`)).json()
      ids.push(...page.items.map(({ id }: { id: string }) => id))
      if (page.cursor === undefined) break
      cursor = `&cursor=${encodeURIComponent(page.cursor)}`
    }
    expect(new Set(ids).size).toBe(126)
    expect(ids).toHaveLength(126)
  })

  it('has links from page to page for browsers', async () => {
    const operator = await Operator.signedIn(node)
    await operator.open(sessions)
    const next = /rel="next" href="([^"]+)"/.exec(operator.page)?.[1]?.replaceAll('&amp;', '&') ?? ''
    expect(operator.page).not.toContain('First page')
    await operator.open(next)
    expect(operator.page).toContain('First page')
    expect(operator.page.match(/<tr>/g)).toHaveLength(51)
  })

  it('finds by principal, by id and by the start of an id, in one field', async () => {
    const found = async (q: string) => (await ask(node, `${sessions}?q=${encodeURIComponent(q)}`)).json()
    const idsOf = (it: { items: { id: string }[] }) => it.items.map(({ id }) => id).sort()
    expect(idsOf(await found('anna'))).toEqual(['also-of-anna', 'of-anna'])
    expect(await found('of-anna')).toMatchObject({ by: 'id', items: [{ id: 'of-anna', principal: 'anna', hits: 1 }] })
    expect(idsOf(await found('seeded-01'))).toHaveLength(10)
    expect(await found('nobody')).toMatchObject({ by: 'idPrefix', items: [], searched: 126 })
    const operator = await Operator.signedIn(node)
    await operator.open(`${sessions}?q=of-anna`)
    expect(operator.page).toContain('<h1>Session of shop</h1>')
    await operator.open(`${sessions}?q=nobody`)
    expect(operator.page).toContain('No session has an id that begins so')
    expect(operator.page).toMatch(/Whose id begins with <b>nobody<\/b>: all [\d,]+ sessions searched\./)
    await operator.open(`${sessions}?q=zo%C3%AB`)
    expect(operator.page).toContain('Of the principal <b>zoë</b>')
  })

  it('shows values with their types and sizes', async () => {
    const { attributes, ...record } = (await ask(node, `${sessions}/rich`)).json()
    expect(record).toMatchObject({
      application: 'shop',
      scope: 'session',
      id: 'rich',
      principal: 'zoë',
      isUnsaved: false,
    })
    expect(attributes).toEqual([
      { name: 'since', bytes: expect.any(Number), type: 'Date', value: '1970-01-01T00:00:00.000Z' },
      { name: 'basket', bytes: expect.any(Number), type: 'Map', value: [['tea', { count: '2' }]] },
      { name: 'tags', bytes: expect.any(Number), type: 'Set', value: ['new'] },
      { name: 'deep', bytes: expect.any(Number), type: 'Object', value: { a: { b: [1, 2, 3] } } },
    ])
    const operator = await Operator.signedIn(node)
    await operator.open(`${sessions}/rich`)
    for (const text of ['Map, 1 entry', 'Set, 1 entry', 'bigint', 'Array, 3 entries', '1970-01-01T00:00:00.000Z'])
      expect(operator.page).toContain(text)
  })

  it('shows what cannot be decoded as bytes, with the reason', async () => {
    const { attributes } = (await ask(node, `${sessions}/broken`)).json()
    expect(attributes).toEqual([
      { name: 'cart', bytes: 4, encoded: 'CTxiPg==', reason: expect.stringContaining('session.cart') },
    ])
    const operator = await Operator.signedIn(node)
    await operator.open(`${sessions}/broken`)
    expect(operator.page).toContain('cannot be decoded, 4 bytes')
    expect(operator.page).toContain('09 3c 62 3e')
    expect(operator.page).toContain('·&lt;b&gt;')
  })

  it('escapes what visitors wrote, and writes out what nobody sees', async () => {
    const operator = await Operator.signedIn(node)
    for (const path of [`${sessions}/hostile`, `${sessions}?q=hostile`, sessions, `${sessions}/of-anna`, '/events']) {
      await operator.open(path)
      for (const raw of ['<img src=x', '<script>1', '<b>phone', '\u202e', '\u0000'])
        expect(operator.page).not.toContain(raw)
    }
    await operator.open(`${sessions}/hostile`)
    expect(operator.page).toContain('&lt;img src=x onerror=alert(1)&gt;\\u{202e}')
    expect(operator.page).toContain('&lt;i&gt;')
    expect(operator.page).toContain('\\u{0}')
  })

  it('reaches an id of any characters', async () => {
    expect((await ask(node, `${sessions}/${encodeURIComponent('a/b?c#d')}`)).json().id).toBe('a/b?c#d')
    const operator = await Operator.signedIn(node)
    await operator.open(`${sessions}?q=${encodeURIComponent('a/b?c#d')}`)
    expect(operator.page).toContain('<code>a/b?c#d</code>')
  })

  it('ends one session after asking, and says who did', async () => {
    const operator = await Operator.signedIn(node)
    const path = `${sessions}/seeded-000`
    await operator.open(`${path}/end`)
    expect(operator.page).toContain('It cannot be undone.')
    expect((await ask(node, path)).status).toBe(200)
    await operator.send(`${path}/end`)
    expect(operator.page).toContain('The session was ended.')
    expect((await ask(node, path)).status).toBe(404)
    expect((await ask(node, `${sessions}/seeded-001`, 'DELETE')).json()).toEqual({ ended: 1 })
    expect((await ask(node, `${sessions}/seeded-001`, 'DELETE')).json()).toEqual({ ended: 0 })
    const audit = node.lines.all.filter(({ fields }) => fields.audit === 'end')
    expect(audit.map(({ fields, level, message }) => ({ level, message, ...fields }))).toEqual([
      {
        level: 'info',
        message: 'an operator ended a session',
        audit: 'end',
        application: 'shop',
        scope: 'session',
        id: 'seeded-000',
        ended: 1,
        by: expect.stringMatching(/^the page, session [\da-f]{8}, from 127\.0\.0\.1$/),
      },
      expect.objectContaining({ id: 'seeded-001', ended: 1, by: 'a program with the token, from 127.0.0.1' }),
      expect.objectContaining({ id: 'seeded-001', ended: 0 }),
    ])
  })

  it('ends all of a principal after saying how many, and nobody else', async () => {
    const visitors = [new Visitor(), new Visitor(), new Visitor()]
    for (const visitor of visitors.slice(1)) await visitor.get(node.url, '/login?user=berta')
    await visitors[0]?.get(node.url, '/login?user=carla')
    const operator = await Operator.signedIn(node)
    const path = '/applications/shop/end-sessions?principal=berta'
    await operator.open(path)
    expect(operator.page).toContain('has <b>2 sessions</b>')
    await operator.send(path)
    expect(operator.page).toContain('2 sessions of berta ended.')
    const users = await Promise.all(visitors.map(async (visitor) => (await visitor.get(node.url)).json().principal))
    expect(users).toEqual(['carla', null, null])
    expect(node.lines.all.find(({ fields }) => fields.audit === 'end all')?.fields).toMatchObject({
      scope: 'session',
      principal: 'berta',
      ended: 2,
    })
    expect((await ask(node, `${sessions}?principal=carla`, 'DELETE')).json()).toEqual({ ended: 1 })
  })

  it('stops an application on this node, which the next request undoes', async () => {
    await new Visitor().get(node.url)
    const isStarted = async () => (await ask(node, '/applications')).json().applications[0].isStarted
    expect(await isStarted()).toBe(true)
    const operator = await Operator.signedIn(node)
    await operator.open('/applications/shop/stop')
    expect(operator.page).toContain('The next request starts it again')
    await operator.send('/applications/shop/stop')
    expect(operator.page).toContain('shop was stopped on this node.')
    expect(await isStarted()).toBe(false)
    await new Visitor().get(node.url)
    expect(await isStarted()).toBe(true)
    expect(node.lines.all.filter(({ fields }) => fields.audit === 'stop')).toHaveLength(1)
  })

  it('looks up, deletes and clears objects', async () => {
    const operator = await Operator.signedIn(node)
    await new Visitor().get(node.url, '/cached')
    expect((await ask(node, '/caches/pages?key=front')).json().object).toEqual({
      key: 'front',
      found: true,
      type: 'Object',
      value: { title: 'Hello' },
    })
    await operator.open('/caches/pages?key=front')
    expect(operator.page).toContain('Hello')
    await operator.send('/caches/pages/delete?key=front')
    expect(operator.page).toContain('There is no object with this key.')
    await new Visitor().get(node.url, '/cached')
    await operator.open('/caches/pages/clear')
    expect(operator.page).toContain('go, on this node only: they are in its memory.')
    await operator.send('/caches/pages/clear')
    expect((await ask(node, '/caches/pages?key=front')).json().object).toMatchObject({ found: false })
    await node.container.cache('pages').set('front', 'again')
    expect((await ask(node, '/caches/pages/objects?key=front', 'DELETE')).json()).toEqual({ deleted: true })
    expect(node.lines.all.flatMap(({ fields }) => fields.audit ?? [])).toEqual(
      expect.arrayContaining(['delete', 'clear']),
    )
  })

  it('counts the records in the stores, and has the last figures', async () => {
    const overview = (await ask(node, '/')).json()
    expect(overview.records['shop:session'].count).toBeGreaterThan(100)
    expect(overview).toMatchObject({ status: 'ok', isClosing: false, process: { pid: process.pid } })
    expect((await ask(node, '/samples?after=0')).json().samples).toEqual(expect.any(Array))
    const operator = await Operator.signedIn(node)
    expect(operator.page).toMatch(/<output data-path="records\.shop:session">1\d\d<\/output>/)
  })

  it('lists what has happened, from a number on', async () => {
    await new Visitor().get(node.url, '/login?user=dora')
    const { events } = (await ask(node, '/events')).json()
    expect(events[0]).toMatchObject({ application: 'shop', event: 'session:login', detail: 'principal dora' })
    await new Visitor().get(node.url, '/login?user=emil')
    const later = (await ask(node, `/events?after=${events[0].number}`)).json().events
    expect(later.map(({ detail }: { detail: string }) => detail)).toContain('principal emil')
    expect(later.map(({ detail }: { detail: string }) => detail)).not.toContain('principal dora')
  })

  it('shows the configuration without secrets', async () => {
    const { headers, text } = await ask(node, '/configuration')
    expect(headers.get('content-type')).toContain('json')
    expect(JSON.parse(text)).toMatchObject({ admin: { token: '***' }, caches: { store: { driver } } })
    const operator = await Operator.signedIn(node)
    await operator.open('/configuration')
    expect(text + operator.page).not.toContain('a-token-for-tests')
    const { applications, caches } = JSON.parse(text)
    expect(caches.pages).toMatchObject({ driver: 'memory', maxEntries: 100_000 })
    expect(caches.pages).not.toHaveProperty('options')
    expect(applications.shop.session).toMatchObject({
      carriers: ['cookie'],
      transient: { names: [], mayBeAbsent: false },
    })
    expect(operator.page).not.toMatch(/copesWithoutTransient|>kind<|>options</)
  })

  it('looks at a record without an access', async () => {
    const head = () => withSpace(given.cache, async (space) => space.load('of-anna', { now: Date.now() }))
    const before = await head()
    const operator = await Operator.signedIn(node)
    for (const path of [`${sessions}/of-anna`, `${sessions}?q=of-anna`, sessions, `${sessions}/of-anna/end`])
      await operator.open(path)
    await ask(node, `${sessions}/of-anna`)
    expect(await head()).toEqual(before)
  })
})

it('looks at a memory-first session in the store: nothing comes into the memory of the node, and nothing is touched', async () => {
  const server = await startRedis()
  const cache = { driver: 'redis', storage: true, url: server.url } as const
  await seed(cache, [{ id: 'of-anna', principal: 'anna' }])
  let stop = async () => {}
  const node = await operatedNode({ cache, session: { cluster: false } }, (it) => {
    stop = it
  })
  const app = node.container.application('shop')
  const isHeld = () => servedBy(app).session?.scope.strategy.openHeld?.('of-anna', sealOf('of nobody')) !== undefined
  const head = () => withSpace(cache, (space) => space.load('of-anna', { now: Date.now() }))
  const before = await head()
  const operator = await Operator.signedIn(node)
  const shown = (await ask(node, '/applications/shop/sessions/of-anna')).json()
  expect(shown).toMatchObject({ hits: 1, isUnsaved: false, attributes: [{ name: 'cart', value: ['tea'] }] })
  await operator.open('/applications/shop/sessions?q=of-anna')
  expect(isHeld()).toBe(false)
  expect(await head()).toEqual(before)
  await app.sessions.open('of-anna', () => {}) // what would bring it there
  expect(isHeld()).toBe(true)
  await stop()
  await server.stop()
})

it('ends a session that another node holds in its memory: its visitor is logged out there at once', async () => {
  const server = await startRedis()
  const stops: (() => Promise<void>)[] = []
  const start = (options: ContainerOptions = {}) =>
    operatedNode(
      { cache: { driver: 'redis', storage: true, url: server.url }, session: { cluster: false }, options },
      (stop) => stops.push(stop),
    )
  const [here, there] = [await start(), await start({ clock: new ManualClock(Date.now()) })]
  const visitor = new Visitor()
  const { id } = (await visitor.get(there.url, '/login?user=anna')).json()
  expect((await ask(here, `/applications/shop/sessions/${id}`, 'DELETE')).json()).toEqual({ ended: 1 })
  const principal = async () => (await visitor.get(there.url)).json().principal
  // No time passes there: what ends the visit is the notice.
  await expect.poll(principal, { interval: 20 }).toBeNull()
  for (const stop of stops) await stop()
  await server.stop()
})

it('says that sealed cookies are with their visitors', async () => {
  const keys = ['a key of 32 bytes for this test: Xw8k2Qv7Zr4Tn9Ls']
  const node = await operatedNode({ cache: { driver: 'cookie', storage: true, keys } })
  const operator = await Operator.signedIn(node)
  expect(operator.page).toContain('in their visitors’ cookies')
  const list = await operator.open('/applications/shop/sessions')
  expect([list.status, list.text]).toEqual([409, expect.stringContaining('are in the cookies of their visitors')])
  await operator.open('/configuration')
  expect(operator.page).not.toContain(keys[0])
  expect(node.lines.all.filter(({ level }) => level === 'error')).toEqual([])
})

it('a store that is down is said so on every page, and the others go on', async () => {
  const server = await startRedis()
  let stop = async () => {}
  const node = await operatedNode(
    { cache: { driver: 'redis', storage: true, url: server.url, deadline: '300ms' } },
    (it) => {
      stop = it
    },
  )
  const operator = await Operator.signedIn(node, '/events')
  await server.stop()
  const list = await operator.open('/applications/shop/sessions')
  expect(list.status).toBe(503)
  expect(list.text).toContain('The cache store is unavailable')
  expect(list.text).toContain('<a href="/records" aria-current="page">')
  expect((await ask(node, '/applications/shop/sessions')).json().error).toMatchObject({
    status: 503,
    code: expect.stringMatching(/^STORAGE_/),
  })
  await operator.open('/')
  expect(operator.page).toContain('Needs attention')
  expect(operator.page).toContain('not known')
  await operator.open('/caches/store')
  expect(operator.page).toContain('<span class="badge bad">down</span>')
  expect((await operator.open('/caches/pages')).status).toBe(200)
  await stop()
})

describe('a change that fails', () => {
  const start = async () => {
    const line = new StoreLine()
    const drivers = [line.to(builtInDrivers.get('memory') as DriverDefinition)]
    const node = await operatedNode({ options: { applications: { shop }, drivers } })
    const audit = () => node.lines.all.filter(({ fields }) => fields.audit !== undefined)
    return { ...node, line, audit }
  }
  const message = 'a change by an operator failed, wholly or in part'
  const by = 'a program with the token, from 127.0.0.1'
  const reason = expect.stringContaining('the line is cut')

  it('in part is logged with how many had ended', async () => {
    const node = await start()
    const login = async () => (await new Visitor().get(node.url, '/login?user=anna')).json().id
    const [first] = [await login(), await login(), await login()]
    node.line.failSavesOf(first)
    expect((await ask(node, '/applications/shop/sessions?principal=anna', 'DELETE')).status).toBe(503)
    const subject = { application: 'shop', scope: 'session', principal: 'anna' }
    expect(node.audit()).toEqual([
      { level: 'info', message, fields: { audit: 'end all', ...subject, ended: 2, failed: 1, reason, by } },
    ])
  })

  it.each([
    ['DELETE', '/applications/shop/sessions/x', { audit: 'end', application: 'shop', scope: 'session', id: 'x' }],
    [
      'DELETE',
      '/applications/shop/sessions?principal=anna',
      { audit: 'end all', application: 'shop', scope: 'session', principal: 'anna' },
    ],
    ['POST', '/caches/store/clear', { audit: 'clear', cache: 'store' }],
    ['DELETE', '/caches/store/objects?key=front', { audit: 'delete', cache: 'store', key: 'front' }],
  ])('wholly is logged too: %s %s', async (method, path, fields) => {
    const node = await start()
    node.line.cut()
    expect((await ask(node, path, method)).status).toBe(503)
    expect(node.audit()).toEqual([{ level: 'info', message, fields: { ...fields, reason, by } }])
  })
})

it('is there until the container has closed everything else, and then gone', async () => {
  const gate = new Gate()
  let stop = async () => {}
  const waiting = defineApplication({
    setup(app) {
      app.use(() => gate.pass())
    },
  })
  const node = await operatedNode({ options: { applications: { shop: waiting } } }, (it) => {
    stop = it
  })
  const operator = await Operator.signedIn(node)
  const running = new Visitor().get(node.url, '/')
  await gate.reached
  const closed = stop()
  await operator.open('/')
  expect(operator.page).toContain('This node is shutting down.')
  gate.open()
  await running
  await closed
  await expect(operator.open('/')).rejects.toThrow()
})
