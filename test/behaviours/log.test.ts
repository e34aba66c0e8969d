import { once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import Koa from 'koa'
import { describe, expect, onTestFinished, vi } from 'vitest'
import { Gate } from '../support/gate.js'
import { LogLines } from '../support/log-lines.js'
import { describeClustered, describeEmbedded, describeEverywhere } from '../support/matrix.js'
import { type Page, sessionPages, shop } from '../support/shop.js'
import type { Node, TestStore } from '../support/test-store.js'
import { serve, Visitor, visitorWith } from '../support/visitor.js'

const second = 1_000

/** The answers to so many requests, a hundred at a time. */
async function statusesOf(visitor: Visitor, url: string, path: string, requests: number): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (let left = requests; left > 0; left -= 100)
    for (const { headers, status } of await Promise.all(Array.from({ length: 100 }, () => visitor.get(url, path)))) {
      const answer = `${status}, Retry-After: ${headers.get('retry-after')}`
      counts.set(answer, (counts.get(answer) ?? 0) + 1)
    }
  return counts
}

async function untilUp(store: TestStore, node: Node): Promise<void> {
  node.line.restore()
  const isUp = async () => (await node.container.health()).caches.store?.status === 'up'
  while (!(await isUp())) await store.run(second)
  await store.run(2 * second)
}

/** What Koa prints by itself. */
function printed(): unknown[] {
  const lines: unknown[] = []
  const spy = vi.spyOn(console, 'error').mockImplementation((...line) => void lines.push(line))
  onTestFinished(() => spy.mockRestore())
  return lines
}

/** Without the lines of the built-in cache, which is on the same line if the store of the test is memory. */
const ofStore = ({ shown }: LogLines) => shown.filter(({ fields }) => fields.cache !== 'memory')

describe('62. an outage of the store', () => {
  describeEverywhere(({ test }) => {
    test('is two lines in the log, however many requests, scopes and applications it meets', async ({ store }) => {
      const console = printed()
      const log = new LogLines()
      const other = await store.node(shop(sessionPages))
      const visitor = await visitorWith(other.url, 'name=ada')
      const node = await store.node(shop(sessionPages), { logger: log.logger, neighbours: ['blog', 'wiki'] })
      const local = await visitorWith(node.url, 'name=bob')
      await store.run(second)
      node.line.cut()
      const counts = await statusesOf(visitor, node.url, '/read', 1_000)
      expect(counts).toEqual(new Map([['503, Retry-After: 5', 1_000]]))
      expect((await node.container.health()).caches.store).toMatchObject({ outages: 1, failures: 1_000 })
      for (const path of ['/write?a=1', '/rotate', '/login?as=bob']) await local.get(node.url, path)
      await store.run(20 * second)
      await untilUp(store, node)
      const health = (await node.container.health()).caches.store
      const lasted = { lastedMs: expect.any(Number), failures: health?.failures }
      expect(ofStore(log)).toEqual([
        {
          level: 'error',
          message: 'the cache is unavailable',
          fields: {
            cache: 'store',
            code: 'STORAGE_UNAVAILABLE',
            reason: expect.stringContaining('Check that the store'),
          },
        },
        { level: 'info', message: 'the cache is available again', fields: { cache: 'store', ...lasted } },
      ])
      expect(ofStore(log)[1]?.fields.lastedMs).toBeGreaterThanOrEqual(20 * second)
      expect(health?.failures).toBeGreaterThan(1_000)
      expect(console).toEqual([])
    })

    test('adds no line for an onError that needs what cannot be loaded, nor for a failed request', async ({
      store,
    }) => {
      const log = new LogLines()
      const other = await store.node(shop(sessionPages))
      const visitor = await visitorWith(other.url, 'name=ada')
      const definition = shop(
        {
          ...sessionPages,
          '/fail': (ctx) => {
            ctx.session.late = 1
            ctx.throw(400)
          },
        },
        { onError: (_, { ctx }) => void ctx?.session.name },
      )
      const node = await store.node(definition, { logger: log.logger })
      node.line.cut()
      for (const path of ['/read', '/write?a=1']) expect((await visitor.get(node.url, path)).status).toBe(503)
      node.line.restore()
      await visitor.get(node.url, '/read')
      node.line.cut('save')
      expect((await visitor.get(node.url, '/fail')).status).toBe(400)
      expect(log.shown.map(({ message }) => message)).toEqual(['the cache is unavailable'])
    })
  })
})

describe('62. a request that is refused', () => {
  const pages = {
    ...sessionPages,
    '/conflict': async ({ scopes, session }) => {
      session.seen = 1
      await scopes.session.commit()
      session.seen = 2
      await rotatedElsewhere()
      await scopes.session.rotate()
    },
  } satisfies Record<string, Page>
  let rotatedElsewhere: () => Promise<unknown> = async () => {}

  describeClustered(({ test }) => {
    test('with 409 or 503 prints no stack, in an application of the container or in your own Koa app', async ({
      store,
    }) => {
      const console = printed()
      const log = new LogLines()
      const node = await store.node(shop(pages), { logger: log.logger })
      const own = new Koa<Koa.DefaultState, Koa.DefaultContext>()
      const emitted: unknown[] = []
      own.use(node.container.scopes('shop') as unknown as Koa.Middleware)
      own.use(async (ctx) => {
        ctx.body = await (pages as Record<string, Page>)[ctx.path]?.(ctx as never)
        ctx.body ??= 'done'
      })
      const { url, close } = await serve(own.callback())
      onTestFinished(close)
      own.on('error', (error) => void emitted.push(error))
      for (const base of [node.url, url]) {
        const visitor = await visitorWith(node.url, 'name=ada')
        const elsewhere = visitor.clone()
        rotatedElsewhere = () => elsewhere.get(node.url, '/rotate')
        expect(await visitor.get(base, '/conflict')).toMatchObject({ status: 409, text: 'Conflict' })
        node.line.cut('load')
        expect(await elsewhere.get(base, '/read')).toMatchObject({ status: 503, text: 'Service Unavailable' })
        node.line.restore()
      }
      const refused = log.all.filter(({ message }) => message === 'a request was refused')
      expect(refused.map(({ level, fields }) => [level, fields.code, fields.err])).toEqual(
        ['SCOPE_CONFLICT', 'STORAGE_UNAVAILABLE', 'SCOPE_CONFLICT', 'STORAGE_UNAVAILABLE'].map((code) => [
          'debug',
          code,
          undefined,
        ]),
      )
      expect(log.shown.map(({ message }) => message)).toEqual(['the cache is unavailable'])
      expect(emitted).toMatchObject([
        { code: 'SCOPE_CONFLICT', expose: true, message: 'Conflict', cause: { code: 'SCOPE_CONFLICT' } },
        { code: 'STORAGE_UNAVAILABLE', expose: true, cause: { code: 'STORAGE_UNAVAILABLE' } },
      ])
      expect(console).toEqual([])
    })
  })

  describeEmbedded(({ test }) => {
    test('by this node is a warning once a minute, with the number of those before', async ({ store }) => {
      const log = new LogLines()
      const definition = shop(sessionPages, { onApplicationStart: () => false })
      const { url } = await store.node(definition, { logger: log.logger })
      const refused = async (requests: number) => {
        for (let n = 0; n < requests; n += 1) expect((await new Visitor().get(url, '/read')).status).toBe(503)
      }
      await refused(5)
      store.skip(60 * second)
      await refused(3)
      const fields = { application: 'shop', code: 'APPLICATION_NOT_STARTED', status: 503, reason: expect.any(String) }
      expect(log.shown).toEqual([
        { level: 'warn', message: 'a request was refused', fields: { ...fields, before: 0 } },
        { level: 'warn', message: 'a request was refused', fields: { ...fields, before: 4 } },
      ])
    })

    test('is none that fails by a mistake of the program: that has its line and its stack', async ({ store }) => {
      const log = new LogLines()
      const page: Page = ({ session }) => {
        session.callback = () => {}
      }
      const { url } = await store.node(shop({ '/': page }), { logger: log.logger })
      expect((await new Visitor().get(url)).status).toBe(500)
      await setImmediate()
      expect(log.shown).toMatchObject([
        { level: 'error', message: 'a request failed', fields: { err: { code: 'VALUE_NOT_STORABLE' } } },
      ])
    })
  })
})

describe('62. a request whose connection its visitor breaks', () => {
  const cases: Readonly<Record<string, { readonly head: string; readonly rest?: string }>> = {
    'by garbage after it': { head: 'GET /wait HTTP/1.1\r\nHost: a\r\n\r\n', rest: 'BAD' },
    'by leaving within its body': { head: 'POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab' },
    'by a body that is none': {
      head: 'POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n',
      rest: 'zz\r\n',
    },
  }

  describeEmbedded(({ test }) => {
    for (const [title, { head, rest }] of Object.entries(cases))
      test(`${title} is no line that an operator reads`, async ({ store }) => {
        const log = new LogLines()
        const gate = new Gate()
        const pages = {
          '/wait': async ({ res }) => {
            const closed = once(res, 'close')
            void gate.pass()
            await closed
          },
          '/body': async ({ req }) => {
            void gate.pass()
            for await (const _ of req);
          },
        } satisfies Record<string, Page>
        const { url } = await store.node(shop(pages), { logger: log.logger })
        const { hostname, port } = new URL(url)
        const socket = connect(Number(port), hostname)
        socket.on('error', () => {}).resume()
        socket.write(head)
        await gate.reached
        if (rest === undefined) socket.destroy()
        else socket.write(rest)
        const lines = () => log.all.map(({ level, message }) => `${level}: ${message}`)
        await expect.poll(lines).toContainEqual(expect.stringContaining('a request'))
        expect(lines().slice(-1)).toEqual(['debug: a request broke off'])
        expect(log.shown).toEqual([])
      })

    test('is not one whose page lost a connection of its own: that has its line', async ({ store }) => {
      const log = new LogLines()
      const page: Page = () => {
        throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
      }
      const { url } = await store.node(shop({ '/': page }), { logger: log.logger })
      expect((await new Visitor().get(url)).status).toBe(500)
      expect(log.shown).toMatchObject([{ level: 'error', message: 'a request failed' }])
    })
  })
})
