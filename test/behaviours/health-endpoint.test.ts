import { setImmediate } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ManualClock } from '../../src/testing/manual-clock.js'
import { quietContainer } from '../support/container.js'
import { describeEmbedded } from '../support/matrix.js'
import { type Page, shop } from '../support/shop.js'
import { serveContainer, Visitor } from '../support/visitor.js'

const pages = { '/': () => 'home', '/healthz': () => 'mine' } satisfies Record<string, Page>

async function serving(server: Parameters<typeof quietContainer>[0] & object, clock = new ManualClock()) {
  const container = await quietContainer(server, {
    clock,
    applications: {
      shop: shop(pages, {
        onSessionStart() {},
        onApplicationStart() {
          throw new Error('a health check must not start an application')
        },
      }),
    },
  })
  const { url, close } = await serveContainer(container)
  onTestFinished(async () => {
    await close()
    await container.close()
  })
  return { clock, container, url }
}

const config = (server: object) => ({ server, applications: { shop: { host: 'shop.example.com', session: {} } } })

describe('server.health', () => {
  test.for([
    ['/healthz', { status: 'ready', caches: { up: 1, down: 0 } }],
    ['/healthz/ready', { status: 'ready' }],
    ['/healthz/live', { status: 'live' }],
    ['/healthz?from=nginx', { status: 'ready', caches: { up: 1, down: 0 } }],
  ] as const)('%s is answered on any host, without a cookie, a session or an application', async ([path, body]) => {
    const { url } = await serving(config({ health: '/healthz' }))
    const { headers, setCookie, status, json } = await new Visitor().get(url, path)
    expect([status, json(), setCookie]).toEqual([200, body, []])
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(headers.get('vary')).toBeNull()
    const head = await new Visitor().get(url, path, { method: 'HEAD' })
    expect([head.status, head.text, head.headers.get('content-length')]).toEqual([
      200,
      '',
      headers.get('content-length'),
    ])
  })

  test('other methods get 405, and other paths belong to the applications', async () => {
    const { url } = await serving(config({ health: '/healthz' }))
    const posted = await new Visitor().get(url, '/healthz/ready', { method: 'POST', body: 'a' })
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    for (const path of ['/', '/healthz/', '/healthz/other', '/healthz/livelier', '/other/healthz'])
      expect((await new Visitor().get(url, path)).status, path).toBe(404)
  })

  test('without the key, the path is the application’s own', async () => {
    const container = await quietContainer({ applications: { shop: {} } }, { applications: { shop: shop(pages) } })
    const { url, close } = await serveContainer(container)
    expect((await new Visitor().get(url, '/healthz')).json()).toBe('mine')
    await close()
    await container.close()
  })

  test('with server.drain, close() answers that it is not ready, and goes on serving until then', async () => {
    const clock = new ManualClock()
    const container = await quietContainer(
      { server: { health: '/healthz', drain: '5s' }, applications: { shop: {} } },
      { clock, applications: { shop: shop(pages) } },
    )
    const { url, close } = await serveContainer(container)
    const statuses = () =>
      Promise.all(
        ['/healthz', '/healthz/ready', '/healthz/live', '/'].map(async (path) => (await fetch(url + path)).status),
      )
    expect(container.readiness).toEqual({ status: 'ready', caches: { up: 1, down: 0 } })
    expect(await statuses()).toEqual([200, 200, 200, 200])
    let isClosed = false
    const closing = container.close().then(() => {
      isClosed = true
    })
    expect(container.readiness.status).toBe('closing')
    expect(await statuses()).toEqual([503, 503, 200, 200])
    expect(container.application('shop')).toBeDefined()
    await expect(container.listen()).rejects.toMatchObject({ code: 'CONTAINER_CLOSED' })
    await clock.advance(4_999)
    expect([await statuses(), isClosed]).toEqual([[503, 503, 200, 200], false])
    await clock.advance(1)
    await closing
    expect(await statuses()).toEqual([503, 503, 200, 503])
    await close()
  })

  test('a container that serves nothing does not wait for load balancers', async () => {
    const container = await quietContainer({ server: { drain: '1h' } }, { clock: new ManualClock() })
    const closed = container.close().then(() => 'closed')
    const turns = (async () => {
      for (let n = 0; n < 1_000; n += 1) await setImmediate()
      return 'it waits'
    })()
    expect(await Promise.race([closed, turns])).toBe('closed')
  })
})

describe('a store that is unavailable', () => {
  describeEmbedded(({ test }) => {
    test('takes no node out: it stays ready, and no probe asks the store', async ({ store }) => {
      const node = await store.node(shop(pages), { server: { health: '/healthz' } })
      const health = async () => (await new Visitor().get(node.url, '/healthz')).json()
      const { up } = (await health()).caches
      node.line.cut()
      await node.container.health()
      const failuresOf = async () => (await node.container.health()).caches.store?.failures ?? 0
      const before = await failuresOf()
      for (let n = 0; n < 20; n += 1) {
        const { caches, status } = await health()
        expect([status, caches.up + caches.down, caches.down > 0]).toEqual(['ready', up, true])
        expect((await new Visitor().get(node.url, '/healthz/ready')).status).toBe(200)
      }
      // One more, by the question itself.
      expect(await failuresOf()).toBe(before + 1)
      expect(node.traffic.operations).toEqual([])
    })
  })
})
