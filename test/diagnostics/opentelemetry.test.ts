import { createRequire } from 'node:module'
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { ConfigInput } from '../../src/config/load.js'
import type { Container } from '../../src/container/container.js'
import { channels } from '../../src/diagnostics/channels.js'
import { defineApplication } from '../../src/koa/define-application.js'
import { observe } from '../../src/opentelemetry/index.js'
import { ManualClock } from '../../src/testing/manual-clock.js'
import { quietContainer } from '../support/container.js'
import { sharedMemory } from '../support/shared-memory.js'
import { Visitor } from '../support/visitor.js'

interface Scopes {
  session: { cart?: string[] }
}

const exporter = new InMemorySpanExporter()
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
const http = new HttpInstrumentation({ ignoreOutgoingRequestHook: () => true })

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  http.setTracerProvider(tracerProvider)
  http.enable()
  // The instrumentation patches the module when it is required.
  createRequire(import.meta.url)('http')
})
beforeEach(() => exporter.reset())
afterAll(() => {
  http.disable()
  context.disable()
})

const closing = new Error('the stock is closed')
const shop = defineApplication<Scopes>({
  onSessionEnd() {
    trace.getTracer('shop').startSpan('release stock').end()
    throw closing
  },
  setup(app) {
    app.use(async (ctx) => {
      if (ctx.path === '/write') ctx.session.cart = [String(ctx.query.add)]
      if (ctx.path === '/login') await ctx.scopes.session.login('alice@example.com')
      if (ctx.path === '/logout') await ctx.scopes.session.invalidate()
      ctx.body = ctx.scopes.session.id
    })
  },
})

const config: ConfigInput = { server: { port: 0 }, applications: { shop: { session: { cluster: true } } } }

interface Site {
  readonly container: Container
  readonly url: string
  readonly clock: ManualClock
}

async function site(): Promise<Site> {
  const clock = new ManualClock()
  const container = await quietContainer(config, { applications: { shop }, clock, drivers: [sharedMemory()] })
  onTestFinished(() => container.close())
  const { url } = await container.listen()
  return { container, url, clock }
}

function observed(options: Parameters<typeof observe>[0] = {}): void {
  onTestFinished(observe({ tracerProvider, ...options }))
}

const spans = () => exporter.getFinishedSpans()
/** The spans as lines, each below its parent. */
function tree(all: readonly ReadableSpan[], parent?: ReadableSpan): unknown[] {
  const isRoot = ({ parentSpanContext }: ReadableSpan) =>
    !all.some((span) => span.spanContext().spanId === parentSpanContext?.spanId)
  return all
    .filter((span) => (parent ? span.parentSpanContext?.spanId === parent.spanContext().spanId : isRoot(span)))
    .map((span) => {
      const children = tree(all, span)
      return children.length > 0 ? [span.name, ...children] : span.name
    })
}

describe('spans', () => {
  it('show load and save of one request under its HTTP span', async () => {
    observed()
    const { url } = await site()
    const visitor = new Visitor()
    await visitor.get(url, '/write?add=tea')
    exporter.reset()
    await visitor.get(url, '/write?add=milk')
    expect(tree(spans())).toEqual([
      ['GET', ['load session', 'load shop:session'], ['commit session', 'save shop:session']],
    ])
    const find = (name: string) => spans().find((span) => span.name === name)
    expect(find('save shop:session')).toMatchObject({
      kind: SpanKind.INTERNAL,
      attributes: {
        'db.system.name': 'memory',
        'db.namespace': 'memory',
        'db.collection.name': 'shop:session',
        'db.operation.name': 'save',
        'koa_scopes.outcome': 'saved',
      },
    })
    expect(find('load session')?.attributes).toEqual({
      'koa_scopes.application': 'shop',
      'koa_scopes.scope': 'session',
      'koa_scopes.mode': 'cluster',
      'koa_scopes.outcome': 'opened',
    })
    expect(find('commit session')?.attributes).toMatchObject({
      'koa_scopes.attributes': 1,
      'koa_scopes.outcome': 'saved',
    })
    expect(new Set(spans().map((span) => span.spanContext().traceId)).size).toBe(1)
  })

  it('of an end handler that throws have its error, and those it makes are below', async () => {
    trace.setGlobalTracerProvider(tracerProvider)
    onTestFinished(() => trace.disable())
    observed()
    const { clock, url } = await site()
    const visitor = new Visitor()
    await visitor.get(url, '/write?add=tea')
    exporter.reset()
    await clock.advance(31 * 60_000)
    const end = spans().find(({ name }) => name === 'end session')
    expect(end).toMatchObject({
      status: { code: SpanStatusCode.ERROR, message: closing.message },
      attributes: { 'koa_scopes.reason': 'timeout', 'koa_scopes.attempt': 1, 'error.type': 'Error' },
      events: [{ name: 'exception', attributes: { 'exception.message': closing.message } }],
    })
    expect(tree(spans())).toContainEqual(['end session', 'release stock'])
  })

  it('are not made for the upkeep, unless that is asked for', async () => {
    observed()
    const { clock } = await site()
    await clock.advance(3_000)
    expect(spans()).toEqual([])
    observed({ upkeepSpans: true })
    await clock.advance(3_000)
    expect(spans().map(({ name }) => name)).toContain('claimExpired shop:session')
  })

  it('are made no more after observe() was stopped', async () => {
    const stop = observe({ tracerProvider })
    const { url } = await site()
    const visitor = new Visitor()
    await visitor.get(url, '/write?add=tea')
    stop()
    exporter.reset()
    await visitor.get(url, '/write?add=milk')
    expect(tree(spans())).toEqual(['GET'])
  })

  it('hold no secret, no principal and no value', async () => {
    observed()
    const { url } = await site()
    const visitor = new Visitor()
    await visitor.get(url, '/write?add=tea')
    await visitor.get(url, '/login')
    const [, secret = ''] = (visitor.cookies.get('shop_sid') ?? '').split('.')
    await visitor.get(url, '/logout')
    const ours = spans().filter(({ name }) => name !== 'GET')
    expect(ours.length).toBeGreaterThan(5)
    expect(secret.length).toBeGreaterThan(10)
    const text = JSON.stringify(ours.map(({ attributes, events, name }) => ({ attributes, events, name })))
    expect([secret, 'alice', 'tea'].filter((word) => text.includes(word))).toEqual([])
  })
})

describe('metrics', () => {
  /** The data points of all metrics by their names, as they are now. */
  async function points(reader: PeriodicExportingMetricReader) {
    const { resourceMetrics } = await reader.collect()
    const all = resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics)
    return new Map(all.map(({ dataPoints, descriptor }) => [descriptor.name, { unit: descriptor.unit, dataPoints }]))
  }

  function meter() {
    const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
    const reader = new PeriodicExportingMetricReader({ exporter: metrics, exportIntervalMillis: 3_600_000 })
    const meterProvider = new MeterProvider({ readers: [reader] })
    onTestFinished(() => meterProvider.shutdown())
    return { meterProvider, reader }
  }

  it('have the names, units and attributes of the semantic conventions, and ours', async () => {
    const { meterProvider, reader } = meter()
    observed({ meterProvider })
    const { url } = await site()
    const visitor = new Visitor()
    await visitor.get(url, '/write?add=tea')
    await visitor.get(url)
    const now = await points(reader)
    const { dataPoints = [], unit } = now.get('db.client.operation.duration') ?? {}
    expect(unit).toBe('s')
    expect(dataPoints.find(({ attributes }) => attributes['db.operation.name'] === 'load')).toMatchObject({
      attributes: {
        'db.system.name': 'memory',
        'db.namespace': 'memory',
        'db.collection.name': 'shop:session',
        'koa_scopes.outcome': 'loaded',
      },
      value: { count: 1 },
    })
    const way = { 'koa_scopes.application': 'shop', 'koa_scopes.scope': 'session', 'koa_scopes.mode': 'cluster' }
    expect(now.get('koa_scopes.load.duration')?.dataPoints).toMatchObject([
      { attributes: { ...way, 'koa_scopes.outcome': 'opened' }, value: { count: 1 } },
    ])
    expect(now.get('koa_scopes.commit.duration')?.dataPoints).toMatchObject([
      { attributes: { ...way, 'koa_scopes.outcome': 'saved' }, value: { count: 1 } },
    ])
    expect(now.get('koa_scopes.commit.size')).toMatchObject({ unit: 'By', dataPoints: [{ value: { count: 1 } }] })
    expect(now.has('koa_scopes.records')).toBe(false)
  })

  it('count an outage once, however many reasons for it become known', async () => {
    const { meterProvider, reader } = meter()
    observed({ meterProvider })
    channels.outage.publish({ cache: 'far', isAvailable: false, reason: 'the connection was closed' })
    channels.outage.publish({ cache: 'far', isAvailable: false, reason: 'wrong password', isContinued: true })
    channels.outage.publish({ cache: 'far', isAvailable: true, durationMs: 2_000, failures: 2 })
    const now = await points(reader)
    expect(now.get('koa_scopes.outages')?.dataPoints).toMatchObject([
      { attributes: { 'db.namespace': 'far' }, value: 1 },
    ])
    expect(now.get('koa_scopes.outage.duration')?.dataPoints).toMatchObject([{ value: { count: 1, sum: 2 } }])
  })

  it('count the records of a container that is given', async () => {
    const { meterProvider, reader } = meter()
    const { container, url } = await site()
    observed({ meterProvider, container, recordsEvery: '5m' })
    await new Visitor().get(url, '/write?add=tea')
    expect((await points(reader)).get('koa_scopes.records')).toMatchObject({
      unit: '{record}',
      dataPoints: [{ attributes: { 'koa_scopes.application': 'shop', 'koa_scopes.scope': 'session' }, value: 1 }],
    })
    await new Visitor().get(url, '/write?add=milk')
    expect((await points(reader)).get('koa_scopes.records')?.dataPoints).toMatchObject([{ value: 1 }])
  })
})
