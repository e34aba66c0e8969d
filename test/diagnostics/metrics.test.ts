import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { ConfigInput } from '../../src/config/load.js'
import type { Container } from '../../src/container/container.js'
import { defineApplication } from '../../src/koa/define-application.js'
import { ManualClock } from '../../src/testing/manual-clock.js'
import { quietContainer } from '../support/container.js'
import { officiallyParsed, officialParser, sample } from '../support/scraped.js'
import { sharedMemory } from '../support/shared-memory.js'
import { serveContainer, Visitor } from '../support/visitor.js'

interface Scopes {
  session: { cart?: string[] }
}

const shop = defineApplication<Scopes>({
  onSessionEnd() {},
  setup(app) {
    app.use(async (ctx) => {
      if (ctx.path === '/write') ctx.session.cart = [String(ctx.query.add)]
      if (ctx.path === '/logout') await ctx.scopes.session.invalidate()
      ctx.body = ctx.session.cart
    })
  },
})

const config = (metrics: ConfigInput['metrics'], name = 'shop'): ConfigInput => ({
  metrics,
  applications: { [name]: { session: { cluster: true } } },
})

interface Site {
  readonly container: Container
  readonly url: string
  readonly clock: ManualClock
}

async function site(metrics: ConfigInput['metrics'], name = 'shop'): Promise<Site> {
  const clock = new ManualClock()
  const container = await quietContainer(config(metrics, name), {
    applications: { [name]: shop },
    clock,
    drivers: [sharedMemory()],
  })
  onTestFinished(() => container.close())
  const { url, close } = await serveContainer(container)
  onTestFinished(close)
  return { container, url, clock }
}

const ofSession = { application: 'shop', scope: 'session' }

async function scrape(url: string): Promise<string> {
  const response = await fetch(`${url}/metrics`)
  expect(response.status).toBe(200)
  return response.text()
}

describe('the page of the metrics', () => {
  it('counts loads, commits, ends, calls and records', async () => {
    const { clock, url } = await site({ path: '/metrics', process: false })
    const visitor = new Visitor()
    await visitor.get(url, '/write?add=tea')
    await visitor.get(url, '/write?add=milk')
    await visitor.get(url)
    await new Visitor().get(url, '/write?add=bread')
    const text = await scrape(url)
    const way = { ...ofSession, mode: 'cluster' }
    expect({
      loads: sample(text, 'koa_scopes_loads_total', { ...way, outcome: 'opened' }),
      commits: sample(text, 'koa_scopes_commits_total', { ...way, outcome: 'saved' }),
      loaded: sample(text, 'koa_scopes_store_calls_total', { cache: 'memory', operation: 'load', outcome: 'loaded' }),
      unchanged: sample(text, 'koa_scopes_store_calls_total', { operation: 'load', outcome: 'unchanged' }),
      saveCalls: sample(text, 'koa_scopes_store_calls_total', { operation: 'save', outcome: 'saved' }),
      records: sample(text, 'koa_scopes_records', ofSession),
      available: sample(text, 'koa_scopes_cache_available', { cache: 'memory' }),
      connections: sample(text, 'koa_scopes_live_connections'),
    }).toEqual({
      loads: 2,
      commits: 3,
      loaded: 1,
      unchanged: 1,
      saveCalls: 3,
      records: 2,
      available: 1,
      connections: 0,
    })
    expect(sample(text, 'koa_scopes_commit_bytes_total', way)).toBeGreaterThan(10)
    expect(text).toMatch(/^koa_scopes_load_duration_seconds_count\{.*mode="cluster".*\} 2$/m)
    await visitor.get(url, '/logout')
    await clock.advance(5_000)
    const ends = sample(await scrape(url), 'koa_scopes_ends_total', { reason: 'invalidated', outcome: 'handled' })
    expect(ends).toBe(1)
  })

  it('counts refused and unknown credentials', async () => {
    const { url } = await site({ path: '/metrics' })
    const visitor = new Visitor()
    await visitor.get(url, '/write?add=tea')
    const [id = ''] = (visitor.cookies.get('shop_sid') ?? '').split('.')
    const unknown = id.replace(/^./, (first) => (first === 'a' ? 'b' : 'a'))
    for (const stranger of [id, id, unknown])
      await fetch(url, { headers: { cookie: `shop_sid=${stranger}.${'x'.repeat(24)}` } })
    const text = await scrape(url)
    expect(sample(text, 'koa_scopes_refused_credentials_total', ofSession)).toBe(2)
    expect(sample(text, 'koa_scopes_unknown_credentials_total', ofSession)).toBe(1)
    expect(sample(await scrape(url), 'koa_scopes_refused_credentials_total', ofSession)).toBe(2)
  })

  it('asks the store for the number of records once a minute, however often it is read', async () => {
    const { clock, url } = await site({ path: '/metrics' })
    const counted = async () => sample(await scrape(url), 'koa_scopes_store_calls_total', { operation: 'count' })
    await scrape(url)
    expect([await counted(), await counted()]).toEqual([1, 1])
    clock.jump(60_000)
    await scrape(url)
    expect(await counted()).toBe(2)
  })

  it('never counts records under records: never, and has metrics of the process unless they are off', async () => {
    const without = await scrape((await site({ path: '/metrics', records: 'never', process: false })).url)
    expect(sample(without, 'koa_scopes_records', ofSession)).toBeUndefined()
    expect(without).not.toContain('process_cpu')
    expect(await scrape((await site({ path: '/metrics' })).url)).toContain('process_cpu_seconds_total')
  })

  it('belongs to one container: another one in this process has its own', async () => {
    const [one, other] = [await site({ path: '/metrics' }), await site({ path: '/metrics' }, 'forum')]
    await new Visitor().get(other.url, '/write?add=tea')
    expect(sample(await scrape(one.url), 'koa_scopes_commits_total')).toBeUndefined()
    expect(sample(await scrape(other.url), 'koa_scopes_commits_total', { application: 'forum' })).toBe(1)
  })

  it('is not cached, has the content type of the text format, and answers only GET and HEAD', async () => {
    const { url } = await site({ path: '/metrics' })
    const { headers } = await fetch(`${url}/metrics?x=1`)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect((await fetch(`${url}/metrics`, { method: 'HEAD' })).status).toBe(200)
    expect((await fetch(`${url}/metrics`, { method: 'POST' })).status).toBe(405)
  })

  it('is for a route of your own without a path, and refused if metrics are not declared', async () => {
    const declared = await site(null)
    expect((await fetch(`${declared.url}/metrics`)).status).not.toBe(200)
    await new Visitor().get(declared.url, '/write?add=tea')
    expect(sample(await declared.container.metrics().text(), 'koa_scopes_commits_total')).toBe(1)
    const { container } = await site(undefined)
    expect(() => container.metrics()).toThrow(expect.objectContaining({ code: 'METRICS_NOT_DECLARED' }))
  })

  it('asks for its client at the start, before a cache is opened, when that is not installed', async () => {
    vi.doMock('prom-client', () => {
      throw new Error("Cannot find package 'prom-client'")
    })
    onTestFinished(() => {
      vi.doUnmock('prom-client')
    })
    const starting = quietContainer(config(null), { applications: { shop }, drivers: [sharedMemory()] })
    await expect(starting).rejects.toMatchObject({
      code: 'METRICS_CLIENT_MISSING',
      remedy: 'Run: npm install prom-client',
    })
  })

  it('counts nothing after the container is closed', async () => {
    const { container, url } = await site(null)
    const page = container.metrics()
    await container.close()
    const { url: later } = await site(undefined)
    await new Visitor().get(later, '/write?add=tea')
    expect(sample(await page.text(), 'koa_scopes_commits_total')).toBeUndefined()
    expect(url).not.toBe(later)
  })
})

// Enable it with: pip install prometheus_client, or PROMETHEUS_PYTHON=path/to/python.
it.skipIf(!officialParser)('the client library of the Prometheus project reads the page', async () => {
  const { url } = await site({ path: '/metrics' })
  const visitor = new Visitor()
  await visitor.get(url, '/write?add=tea')
  await visitor.get(url)
  const families = officiallyParsed(officialParser ?? '', await scrape(url))
  const loads = families.find(({ name }) => name === 'koa_scopes_load_duration_seconds')
  expect(loads?.type).toBe('histogram')
  const inf = loads?.samples.find(({ labels }) => labels.le === '+Inf')
  expect(inf).toMatchObject({ labels: { ...ofSession, mode: 'cluster' }, value: 1 })
  const commits = families.find(({ name }) => name === 'koa_scopes_commits')
  expect(commits?.type).toBe('counter')
  expect(commits?.samples.map(({ value }) => value)).toEqual([1])
})
