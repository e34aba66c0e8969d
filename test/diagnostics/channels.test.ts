import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import { inspect } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ConfigInput } from '../../src/config/load.js'
import type { Container } from '../../src/container/container.js'
import { channels, type Load, type StoreCall } from '../../src/diagnostics/channels.js'
import type { DriverDefinition } from '../../src/drivers/definition.js'
import { defineApplication } from '../../src/koa/define-application.js'
import type { Driver } from '../../src/storage/contract.js'
import { StorageError } from '../../src/storage/storage-error.js'
import { ManualClock } from '../../src/testing/manual-clock.js'
import { quietContainer, withFolder } from '../support/container.js'
import { published, publishedOutages } from '../support/published.js'
import { sharedMemory } from '../support/shared-memory.js'
import { serve, serveContainer, Visitor } from '../support/visitor.js'

interface Scopes {
  session: { cart?: string[]; secret?: string }
}

/** What the end handler throws, one after the other. */
const failures: Error[] = []

const shop = defineApplication<Scopes>({
  onSessionEnd() {
    const failure = failures.shift()
    if (failure) throw failure
  },
  setup(app) {
    app.use(async (ctx) => {
      const { session } = ctx.scopes
      if (ctx.path === '/write') ctx.session.cart = ['tea', String(ctx.query.add)]
      if (ctx.path === '/login') await session.login('alice@example.com')
      if (ctx.path === '/logout') await session.invalidate()
      ctx.body = { id: session.id, cart: ctx.session.cart }
    })
  },
})

interface Site {
  readonly container: Container
  readonly url: string
  readonly clock: ManualClock
}

async function site(
  config: ConfigInput,
  drivers: readonly DriverDefinition[] = [sharedMemory()],
  clock = new ManualClock(),
): Promise<Site> {
  const container = await quietContainer(config, { applications: { shop }, clock, drivers })
  onTestFinished(() => container.close())
  const { url, close } = await serveContainer(container)
  onTestFinished(close)
  return { container, url, clock }
}

const inMemory = (cluster: boolean): ConfigInput => ({ applications: { shop: { session: { cluster } } } })

const ofSession = { application: 'shop', scope: 'session' }
const ofStore = { cache: 'memory', driver: 'memory', space: 'shop:session' }
/** The calls of requests, without those of the upkeep. */
const called = (calls: readonly StoreCall[]) =>
  calls.filter(({ operation }) => ['load', 'save', 'matches'].includes(operation))

describe('a request with cluster: true', () => {
  it('publishes its load, its commit and their calls to the store', async () => {
    const { url } = await site(inMemory(true))
    const visitor = new Visitor()
    await visitor.get(url, '/write?add=milk')
    const [store, load, commit] = [published('store'), published('load'), published('commit')]
    await visitor.get(url, '/write?add=bread')
    expect(called(store)).toEqual([
      { ...ofStore, operation: 'load', outcome: 'loaded', durationMs: expect.any(Number) },
      { ...ofStore, operation: 'save', outcome: 'saved', durationMs: expect.any(Number) },
    ])
    expect(load).toEqual([{ ...ofSession, mode: 'cluster', outcome: 'opened', durationMs: expect.any(Number) }])
    expect(commit).toEqual([
      {
        ...ofSession,
        mode: 'cluster',
        attributes: 1,
        bytes: expect.any(Number),
        outcome: 'saved',
        durationMs: expect.any(Number),
      },
    ])
    expect(commit[0]?.bytes).toBeGreaterThan(10)
  })

  it('publishes no commit if it has changed nothing, and no load without a credential', async () => {
    const { url } = await site(inMemory(true))
    const [load, commit] = [published('load'), published('commit')]
    const visitor = new Visitor()
    await visitor.get(url, '/write?add=milk')
    await visitor.get(url)
    expect([load.length, commit.length]).toEqual([1, 1])
  })

  it('has its calls to the store within its load and its commit', async () => {
    const current = new AsyncLocalStorage<string>()
    const bound = [channels.load.start, channels.commit.start]
    for (const [index, start] of bound.entries()) {
      start.bindStore(current, () => ['load', 'commit'][index] ?? '')
      onTestFinished(() => void start.unbindStore(current))
    }
    const within: unknown[] = []
    const listener = (call: unknown) => void within.push([(call as StoreCall).operation, current.getStore()])
    channels.store.start.subscribe(listener)
    onTestFinished(() => void channels.store.start.unsubscribe(listener))
    const { url } = await site(inMemory(true))
    const visitor = new Visitor()
    await visitor.get(url, '/write?add=milk')
    within.length = 0
    await visitor.get(url, '/write?add=bread')
    expect(within).toEqual([
      ['load', 'load'],
      ['save', 'commit'],
    ])
  })

  it('publishes a login as a commit of the record itself', async () => {
    const { url } = await site(inMemory(true))
    const visitor = new Visitor()
    await visitor.get(url, '/write?add=milk')
    const commit = published('commit')
    await visitor.get(url, '/login')
    expect(commit).toMatchObject([{ attributes: 0, bytes: 0, outcome: 'saved' }])
  })
})

/** An id of the same form. */
const otherThan = (id: string) => id.replace(/^./, (first) => (first === 'a' ? 'b' : 'a'))

describe('a load', () => {
  const outcomes = (load: readonly Load[]) => load.map(({ outcome, mode }) => [mode, outcome])

  it('from the memory of this node is held', async () => {
    const { url } = await site(inMemory(false), [])
    const visitor = new Visitor()
    await visitor.get(url, '/write?add=milk')
    const [load, store] = [published('load'), published('store')]
    await visitor.get(url)
    expect(outcomes(load)).toEqual([['memory-first', 'held']])
    expect(called(store)).toEqual([])
  })

  it('looks into a store that answers at once', () =>
    withFolder(async (path) => {
      const caches = { disk: { driver: 'lmdb', path, storage: true } }
      const { url } = await site({ caches, applications: { shop: { session: { storage: 'disk', cluster: false } } } })
      const visitor = new Visitor()
      await visitor.get(url, '/write?add=milk')
      const store = published('store')
      await visitor.get(url)
      expect(called(store)).toMatchObject([{ operation: 'matches', outcome: 'matched', driver: 'lmdb' }])
    }))

  it('of an id without a record is missing, and with a wrong secret refused', async () => {
    const { url } = await site(inMemory(true))
    const load = published('load')
    const visitor = new Visitor()
    const { id } = (await visitor.get(url, '/write?add=milk')).json()
    await new Visitor().get(url, '/', { headers: { cookie: `shop_sid=${id}.${'x'.repeat(24)}` } })
    await new Visitor().get(url, '/', { headers: { cookie: `shop_sid=${otherThan(id)}.${'x'.repeat(24)}` } })
    expect(outcomes(load)).toEqual([
      ['cluster', 'refused'],
      ['cluster', 'missing'],
    ])
  })

  it('of a sealed cookie reads no store', async () => {
    const caches = { browser: { driver: 'cookie', keys: ['0123456789abcdef0123456789abcdef'], storage: true } }
    const session = { storage: 'browser', endEvents: 'explicit' }
    const { url } = await site({ caches, applications: { shop: { session } } } as ConfigInput)
    const [load, commit, end] = [published('load'), published('commit'), published('end')]
    const visitor = new Visitor()
    const { id } = (await visitor.get(url, '/write?add=milk')).json()
    await visitor.get(url, '/logout')
    expect(outcomes(load)).toEqual([['sealed', 'opened']])
    expect(commit.map(({ mode, outcome }) => [mode, outcome])).toEqual([
      ['sealed', 'saved'],
      ['sealed', 'saved'],
    ])
    expect(end).toMatchObject([{ ...ofSession, id, reason: 'invalidated', attempt: 1 }])
  })

  it('is published of a live connection and of a directory too', async () => {
    const { container, url } = await site(inMemory(true))
    const visitor = new Visitor()
    const { id } = (await visitor.get(url, '/write?add=milk')).json()
    const [load, commit] = [published('load'), published('commit')]
    await container.application(shop).sessions.open(id, () => {})
    await container.application(shop).sessions.open('z'.repeat(22), () => {})
    const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join()
    const request = { headers: { cookie }, method: 'GET', url: '/', socket: {} }
    const connection = await container.connect(shop, request as never)
    await connection.run(() => {})
    connection.close()
    expect(outcomes(load).map(([, outcome]) => outcome)).toEqual(['opened', 'missing', 'opened', 'opened'])
    expect(commit).toEqual([])
  })
})

/** A driver whose loads and saves fail while it is cut. */
function cuttable() {
  const shared = sharedMemory()
  const line = { isCut: false, driver: { ...shared, name: 'far', create } }
  const cut = (operation: string) =>
    Promise.reject(new StorageError('STORAGE_UNAVAILABLE', { cache: 'far', operation, reason: 'cut' }))
  async function create(...parts: Parameters<typeof shared.create>): Promise<Driver> {
    const driver = await shared.create(...parts)
    const spaceOf = driver.space.bind(driver)
    driver.space = (...names) => {
      const space = spaceOf(...names)
      const { load, save } = space
      return Object.assign(space, {
        load: (...call: Parameters<typeof load>) => (line.isCut ? cut('load') : load.apply(space, call)),
        save: (...call: Parameters<typeof save>) => (line.isCut ? cut('save') : save.apply(space, call)),
      })
    }
    return driver
  }
  return line
}

const onFar = (cluster: boolean) =>
  ({
    caches: { far: { driver: 'far', storage: true } },
    applications: { shop: { session: { storage: 'far', cluster } } },
  }) as ConfigInput

describe('a store that fails', () => {
  it('is an error of its call and of the load, and an outage that begins and ends once', async () => {
    const line = cuttable()
    const { url, clock } = await site(onFar(true), [line.driver])
    const visitor = new Visitor()
    await visitor.get(url, '/write?add=milk')
    const [load, store, outages] = [published('load'), published('store'), publishedOutages()]
    line.isCut = true
    expect((await visitor.get(url)).status).toBe(503)
    await visitor.get(url)
    line.isCut = false
    clock.jump(2_000)
    await visitor.get(url)
    const error = { code: 'STORAGE_UNAVAILABLE' }
    expect(called(store)).toMatchObject([{ error }, { error }, { outcome: 'loaded' }])
    expect(load).toMatchObject([
      { outcome: 'unavailable', error },
      { outcome: 'unavailable', error },
      { outcome: 'opened' },
    ])
    expect(outages).toEqual([
      { cache: 'far', isAvailable: false, reason: expect.stringContaining('cut') },
      { cache: 'far', isAvailable: true, durationMs: 2_000, failures: 2 },
    ])
  })
})

/** Keeps the asynchronous context of what it will run, as Node's timers do. */
class TimerClock extends ManualClock {
  override schedule(task: () => void, delayMs: number) {
    return super.schedule(AsyncResource.bind(task), delayMs)
  }
}

it('saves that are tried again later are not within the request whose save failed', async () => {
  const current = new AsyncLocalStorage<string>()
  const within: unknown[] = []
  const listener = (call: unknown) => {
    const { error, operation } = call as StoreCall
    if (operation === 'save') within.push([error === undefined, current.getStore()])
  }
  channels.store.asyncEnd.subscribe(listener)
  onTestFinished(() => void channels.store.asyncEnd.unsubscribe(listener))
  const line = cuttable()
  const { clock, container } = await site(onFar(false), [line.driver], new TimerClock())
  const handle = container.callback()
  const { url, close } = await serve((request, response) => current.run('the request', () => handle(request, response)))
  onTestFinished(close)
  line.isCut = true
  await new Visitor().get(url, '/write?add=tea')
  line.isCut = false
  await clock.advance(60_000)
  expect(within).toEqual([
    [false, 'the request'],
    [true, undefined],
  ])
})

describe('an end', () => {
  it('is published at each attempt of its handler, with the error of one that throws', async () => {
    const { url, clock } = await site(inMemory(true))
    const visitor = new Visitor()
    const { id } = (await visitor.get(url, '/write?add=milk')).json()
    const [end, store] = [published('end'), published('store')]
    const failure = new Error('stock is closed')
    failures.push(failure)
    await clock.advance(31 * 60_000)
    await clock.advance(5_000)
    expect(end).toEqual([
      { ...ofSession, id, reason: 'timeout', attempt: 1, error: failure, durationMs: expect.any(Number) },
      { ...ofSession, id, reason: 'timeout', attempt: 2, durationMs: expect.any(Number) },
    ])
    expect(store.map(({ operation }) => operation)).toEqual(expect.arrayContaining(['claimExpired', 'renew', 'settle']))
  })
})

describe('an object cache', () => {
  it('publishes its hits and misses', async () => {
    const { container } = await site(inMemory(true))
    const store = published('store')
    const objects = container.cache('memory')
    await objects.get('page')
    await objects.set('page', 'hello')
    await objects.get('page')
    expect(store.map(({ operation, outcome, space }) => [operation, outcome, space])).toEqual([
      ['objects.get', 'miss', 'objects'],
      ['objects.set', undefined, 'objects'],
      ['objects.get', 'hit', 'objects'],
    ])
  })
})

it('no message holds a secret, a principal or an attribute', async () => {
  const { url, clock } = await site(inMemory(true))
  const all = [published('store'), published('load'), published('commit'), published('end')]
  const visitor = new Visitor()
  await visitor.get(url, '/write?add=milk')
  await visitor.get(url, '/login')
  const [, secret = ''] = (visitor.cookies.get('shop_sid') ?? '').split('.')
  await visitor.get(url, '/logout')
  await clock.advance(5_000)
  const shown = inspect(all, { depth: Infinity, maxArrayLength: Infinity, showHidden: true })
  expect(all.every((messages) => messages.length > 0)).toBe(true)
  expect(secret.length).toBeGreaterThan(10)
  expect(['alice', 'milk', secret].filter((word) => shown.includes(word))).toEqual([])
})
