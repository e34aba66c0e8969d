import { inspect } from 'node:util'
import { describe, expect, vi } from 'vitest'
import type { ScopedApplication } from '../../src/koa/application.js'
import type { Connection } from '../../src/koa/connect.js'
import { connected, upgradeRequest } from '../support/connecting.js'
import { Gate } from '../support/gate.js'
import { heard } from '../support/heard.js'
import { LogLines } from '../support/log-lines.js'
import { describeEverywhere, describeInMemory } from '../support/matrix.js'
import { type OpenScopes, type Page, sessionPages, shop } from '../support/shop.js'
import { unhandledRejections } from '../support/unhandled-rejections.js'
import { Visitor, visitorWith } from '../support/visitor.js'

const minute = 60_000
const application = () => shop(sessionPages)
const idOf = (visitor: Visitor) => visitor.cookies.get('shop_sid')?.split('.')[0] ?? ''

describe('a run of a live connection', () => {
  describeEverywhere(({ test }) => {
    test('140. sees what requests wrote, and requests on every node see what it wrote', async ({ store }) => {
      const [a, b] = await store.pair(application())
      const visitor = await visitorWith(a.url, 'name=ada')
      const connection = await connected(b, visitor)
      expect(connection.sessionId).toBe(idOf(visitor))
      const seen = await connection.run(({ application, client, scopes, session }) => {
        session.said = ['hello']
        return [session.name, scopes.session.id, scopes.session.isNew, { ...client }, { ...application }]
      })
      expect(seen).toEqual(['ada', idOf(visitor), false, {}, {}])
      await connection.run(({ session }) => session.said.push('world'))
      store.skip(minute)
      for (const { url } of [a, b])
        expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada', said: ['hello', 'world'] })
      await visitor.get(b.url, '/write?name=byron')
      expect(await connection.run(({ session }) => session.name)).toBe('byron')
    })

    test('140. has handles that a log can show, also without a client scope, as those of a request', async ({
      store,
    }) => {
      const shown = (scopes: object) => [JSON.stringify(scopes), { ...scopes }]
      const pages = { ...sessionPages, '/shown': (ctx) => shown(ctx.scopes) } satisfies Record<string, Page>
      const node = await store.node(shop(pages), { client: false })
      const visitor = await visitorWith(node.url, 'name=ada')
      const connection = await connected(node, visitor)
      expect(await connection.run(({ scopes }) => shown(scopes))).toEqual(['{}', {}])
      expect((await visitor.get(node.url, '/shown')).json()).toEqual(['{}', {}])
    })

    test('141. waits for the run before it', async ({ store }) => {
      const node = await store.node(application())
      const connection = await connected(node, await visitorWith(node.url, 'count=0'))
      const gate = new Gate()
      const first = connection.run(async ({ session }) => {
        await gate.pass()
        session.said = ['first']
      })
      const second = connection.run(({ session }) => session.said.push('second'))
      const failing = connection.run(() => {
        throw new Error('mine')
      })
      const last = connection.run(({ session }) => session.said)
      await gate.reached
      gate.open()
      await first
      expect(await second).toBe(2)
      await expect(failing).rejects.toThrow('mine')
      expect(await last).toEqual(['first', 'second'])
    })

    test('142. has the same record when a request has rotated it or logged in, and cannot do so itself', async ({
      store,
    }) => {
      const [a, b] = await store.pair(application())
      const visitor = await visitorWith(a.url, 'name=ada')
      const connection = await connected(b, visitor)
      await visitor.get(a.url, '/rotate')
      await visitor.get(a.url, '/login?as=ada')
      store.skip(minute)
      expect(await connection.run(({ scopes }) => scopes.session.principal)).toBe('ada')
      expect(connection.principal).toBe('ada')
      for (const operation of ['login', 'rotate'] as const) {
        const run = connection.run(async ({ scopes, session }) => {
          session.name = 'eve'
          await (operation === 'login' ? scopes.session.login('eve') : scopes.session.rotate())
        })
        await expect(run).rejects.toMatchObject({
          code: 'CONNECTION_CANNOT_ISSUE',
          message: expect.stringMatching(
            new RegExp(`^${operation}\\(\\) in a run of a live connection would replace the secret of the session`),
          ),
        })
      }
      await expect(connection.run(({ scopes }) => scopes.session.rotate({ keep: [] }))).rejects.toMatchObject({
        code: 'CONNECTION_CANNOT_ISSUE',
      })
      store.skip(minute)
      for (const { url } of [a, b]) expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada' })
    })

    test('141. that is begun in another one does not wait for it, and is like a parallel request', async ({
      store,
    }) => {
      const node = await store.node(application())
      const visitor = await visitorWith(node.url, 'name=ada')
      const [one, other] = [await connected(node, visitor), await connected(node, visitor)]
      const seen: unknown[] = []
      const later = new Gate()
      let timed: Promise<unknown> | undefined
      await one.run(async ({ session }) => {
        session.outer = 1
        timed = (async () => {
          await later.pass()
          return one.run(({ session }) => session.outer)
        })()
        await one.run(async ({ session }) => {
          session.inner = 1
          await one.run(({ session }) => seen.push(session.name))
        })
        await other.run(() => one.run(({ session }) => seen.push(session.inner)))
      })
      later.open()
      expect(await timed).toBe(1)
      expect(seen).toEqual(['ada', 1])
      expect((await visitor.get(node.url, '/read')).json()).toEqual({ name: 'ada', outer: 1, inner: 1 })
    })

    test('146. that fails without being awaited is logged, and ends nothing', async ({ store }) => {
      const unhandled = unhandledRejections()
      const log = new LogLines()
      const node = await store.node(application(), { logger: log.logger })
      const connection = await connected(node, await visitorWith(node.url, 'name=ada'))
      void connection.run(() => {
        throw new Error('mine')
      })
      await connection
        .run(() => {
          throw new Error('awaited')
        })
        .catch(() => {})
      await vi.waitFor(() => expect(log.shown).toHaveLength(1))
      expect(log.shown).toMatchObject([
        { level: 'error', message: 'a run of a live connection failed, and nothing waits for it' },
      ])
      expect(unhandled).toEqual([])
    })

    test('146. that throws saves nothing, nor does one with an operation that failed without being awaited', async ({
      store,
    }) => {
      const node = await store.node(application())
      const visitor = await visitorWith(node.url, 'name=ada')
      const connection = await connected(node, visitor)
      const failing = connection.run(({ session }) => {
        session.name = 'eve'
        throw new Error('mine')
      })
      await expect(failing).rejects.toThrow('mine')
      const forgetful = connection.run(({ scopes, session }) => {
        session.name = 'eve'
        void scopes.session.rotate()
      })
      await expect(forgetful).rejects.toMatchObject({ code: 'CONNECTION_CANNOT_ISSUE' })
      expect((await visitor.get(node.url, '/read')).json()).toEqual({ name: 'ada' })
    })

    test('144. extends the life of the session; the store learns of it at most every min(T/10, 60 s)', async ({
      store,
    }) => {
      const node = await store.node(application(), { session: { timeout: '10m' } })
      const visitor = await visitorWith(node.url, 'name=ada')
      const connection = await connected(node, visitor)
      node.traffic.clear()
      for (let passed = 0; passed < 20 * minute; passed += minute / 4) {
        store.skip(minute / 4)
        expect(await connection.run(({ session }) => session.name)).toBe('ada')
      }
      const touches = node.traffic.loads.filter(({ options }) => options.touch)
      expect(touches.length).toBeGreaterThanOrEqual(19)
      expect(touches.length).toBeLessThanOrEqual(20)
      store.skip(8 * minute)
      expect((await visitor.get(node.url, '/read')).json()).toEqual({ name: 'ada' })
    })
  })
})

describe('the end of a session', () => {
  describeEverywhere(({ test }) => {
    test('143. ends its connections on every node within about a second, once, and no other', async ({ store }) => {
      const [a, b] = await store.pair(application())
      const visitor = await visitorWith(a.url, 'name=ada')
      const neighbour = await visitorWith(a.url, 'name=bob')
      const ends: string[] = []
      const connections = await Promise.all([connected(a, visitor), connected(b, visitor), connected(b, neighbour)])
      for (const [index, connection] of connections.entries())
        connection.onEnd((reason) => ends.push(`${'abn'[index]} ${reason}`))
      await store.run(3_000)
      expect(ends).toEqual([])
      await visitor.get(a.url, '/end')
      await store.run(1_200)
      await vi.waitFor(() => expect(ends.toSorted()).toEqual(['a ended', 'b ended']), { interval: 5, timeout: 10_000 })
      await store.run(3_000)
      expect(ends).toHaveLength(2)
      const [first, , other] = connections
      await expect(first?.run(() => expect.unreachable())).rejects.toMatchObject({ code: 'CONNECTION_ENDED' })
      expect(await other?.run(({ session }) => session.name)).toBe('bob')
      const late: string[] = []
      first?.onEnd((reason) => late.push(reason))
      await Promise.resolve()
      expect(late).toEqual(['ended'])
    })

    test('143. lets later runs pass without an error, where that is declared', async ({ store }) => {
      const [a, b] = await store.pair(application())
      const visitor = await visitorWith(a.url, 'name=ada')
      const connection = await connected(b, visitor, { afterEnd: 'pass' })
      const ends: string[] = []
      connection.onEnd((reason) => ends.push(reason))
      await visitor.get(a.url, '/end')
      store.skip(minute)
      const run = () => connection.run(({ scopes, session }) => [{ ...session }, scopes.session.exists])
      expect(await run()).toEqual([{}, false])
      expect(await run()).toEqual([{}, false])
      expect(ends).toEqual(['ended'])
      const write = connection.run(({ session }) => {
        session.name = 'eve'
      })
      await expect(write).rejects.toMatchObject({ code: 'CONNECTION_WITHOUT_RECORD', status: 409 })
      await expect.poll(() => a.app.sessions.count()).toBe(0)
    })

    test('144. comes for an idle session though its connection is open', async ({ store }) => {
      const [a, b] = await store.pair(application(), { session: { timeout: '10m' } })
      const visitor = await visitorWith(a.url, 'name=ada')
      const ends: string[] = []
      for (const node of [a, b]) (await connected(node, visitor)).onEnd((reason) => ends.push(reason))
      store.skip(9 * minute)
      await store.run(2_400)
      expect(ends).toEqual([])
      store.skip(2 * minute)
      await store.run(2_400)
      await vi.waitFor(() => expect(ends).toEqual(['ended', 'ended']), { interval: 5, timeout: 10_000 })
    })

    test('143. is not missed where it came just before the connection listened', async ({ store }) => {
      const [a, b] = await store.pair(application())
      const visitor = await visitorWith(a.url, 'name=ada')
      await store.sweep()
      const answered = b.line.hold('load', { at: 'after' })
      const connecting = connected(b, visitor)
      await answered.reached
      await visitor.get(a.url, '/end')
      await store.run(100)
      answered.open()
      const connection = await connecting
      const ends: string[] = []
      connection.onEnd((reason) => ends.push(reason))
      await store.run(1_200)
      await vi.waitFor(() => expect(ends).toEqual(['ended']), { interval: 5, timeout: 10_000 })
    })

    test('145. in the middle of a run brings nothing back', async ({ store }) => {
      const [a, b] = await store.pair(application())
      const visitor = await visitorWith(a.url, 'name=ada')
      const connection = await connected(b, visitor)
      const lost = heard(b, 'scope:lost')
      const gate = new Gate()
      const run = connection.run(async ({ session }) => {
        await gate.pass()
        session.name = 'byron'
      })
      await gate.reached
      await visitor.clone().get(a.url, '/end')
      gate.open()
      await run
      expect(lost).toEqual([{ scope: 'session', id: idOf(visitor) }])
      store.skip(minute)
      for (const { url } of [a, b]) expect((await visitor.get(url, '/read')).text).toBe('{}')
      await expect(connection.run(() => expect.unreachable())).rejects.toMatchObject({ code: 'CONNECTION_ENDED' })
    })

    test('143. by a run itself ends the connection, and so does a run that leaves nothing in it', async ({ store }) => {
      const node = await store.node(application())
      const ends: string[] = []
      for (const end of ['invalidate', 'empty'] as const) {
        const connection = await connected(node, await visitorWith(node.url, 'name=ada'))
        connection.onEnd((reason) => ends.push(`${end} ${reason}`))
        await connection.run(async ({ scopes, session }) => {
          if (end === 'invalidate') await scopes.session.invalidate()
          else delete session.name
        })
        expect(ends.at(-1)).toBe(`${end} ended`)
        await expect(connection.run(() => expect.unreachable())).rejects.toMatchObject({ code: 'CONNECTION_ENDED' })
      }
      expect(ends).toEqual(['invalidate ended', 'empty ended'])
    })
  })
})

describe('a connection that a handler opens', () => {
  describeEverywhere(({ test }) => {
    const connecting =
      (opened: Connection<OpenScopes>[]): Page =>
      async (ctx) => {
        if (ctx.query.name) ctx.session.name = ctx.query.name
        if (ctx.query.login) await ctx.scopes.session.login('ada')
        if (ctx.query.rotate) await ctx.scopes.session.rotate()
        const connection = await (ctx.app as unknown as ScopedApplication<OpenScopes>).connect(ctx.req)
        opened.push(connection)
        return [connection.sessionId, ctx.scopes.session.id, connection.principal, connection.headers]
      }

    test('148. is bound to the session that its request has begun or rotated', async ({ store }) => {
      const opened: Connection<OpenScopes>[] = []
      const onSessionStart = vi.fn(({ session }) => {
        session.greeted = true
      })
      for (const handlers of [{}, { onSessionStart }]) {
        const node = await store.node(shop({ ...sessionPages, '/connect': connecting(opened) }, handlers))
        const visitor = new Visitor()
        for (const query of ['name=ada', '', 'rotate=1', 'login=1']) {
          const [bound, own, principal, headers] = (await visitor.get(node.url, `/connect?${query}`)).json()
          expect([bound, principal, headers], query).toEqual([own, query === 'login=1' ? 'ada' : null, []])
          expect(own).toBe(idOf(visitor))
          expect(await opened.at(-1)?.run(({ session }) => session.name)).toBe('ada')
        }
        expect(await node.app.sessions.count()).toBe(1)
        await visitor.get(node.url, '/end')
        await store.run(1_200)
        await vi.waitFor(() => expect(opened.every(({ end }) => end === 'ended')).toBe(true))
        await node.stop()
      }
      expect(onSessionStart).toHaveBeenCalledTimes(1)
    })

    test('148. at the first request of a visitor who has none is bound to none', async ({ store }) => {
      const node = await store.node(shop({ ...sessionPages, '/connect': connecting([]) }))
      const { json, setCookie } = await new Visitor().get(node.url, '/connect')
      expect([json(), setCookie]).toEqual([[null, null, null, []], []])
    })
  })
})

describe('an async listener that rejects', () => {
  describeInMemory(({ test }) => {
    test('143. is logged, and ends nothing', async ({ store }) => {
      const unhandled = unhandledRejections()
      const log = new LogLines()
      const node = await store.node(application(), { logger: log.logger })
      const visitor = await visitorWith(node.url, 'name=ada')
      const rejects = async () => {
        throw new Error('mine')
      }
      const connection = await connected(node, visitor)
      connection.onEnd(rejects)
      node.app.sessions.onEnd(idOf(visitor), rejects)
      node.app.events.on('session:rotate', rejects)
      await visitor.get(node.url, '/rotate')
      await visitor.get(node.url, '/end')
      await vi.waitFor(() =>
        expect(log.shown.map(({ message }) => message).toSorted()).toEqual([
          'a listener of an event failed',
          'a listener of the end of a live connection failed',
          'a listener of the end of a record failed',
        ]),
      )
      expect(unhandled).toEqual([])
    })
  })
})

describe('a connection that is opened', () => {
  describeEverywhere(({ test }) => {
    test('148. without a session has none, and cannot begin one in a run', async ({ store }) => {
      const node = await store.node(application())
      const connection = await connected(node)
      expect([connection.sessionId, connection.principal, connection.headers]).toEqual([undefined, null, []])
      expect(await connection.run(({ session }) => ({ ...session }))).toEqual({})
      const write = connection.run(({ session }) => {
        session.name = 'ada'
      })
      await expect(write).rejects.toMatchObject({ code: 'CONNECTION_WITHOUT_RECORD' })
      expect(await node.app.sessions.count()).toBe(0)
    })

    test('148. begins a session in open(), whose cookie is for the handshake', async ({ store }) => {
      const [a, b] = await store.pair(application())
      const connection = await connected(a, undefined, {
        async open({ scopes, session }) {
          session.name = 'ada'
          await scopes.session.login('ada')
        },
      })
      expect(connection.principal).toBe('ada')
      const line = connection.headers.find(([name]) => name === 'set-cookie')?.[1] ?? ''
      expect(line).toMatch(/^shop_sid=[\w-]{22}\.[\w-]{24}; Path=\/; HttpOnly; SameSite=Lax$/)
      const visitor = new Visitor()
      visitor.cookies.set('shop_sid', line.slice('shop_sid='.length, line.indexOf(';')))
      expect(connection.sessionId).toBe(idOf(visitor))
      for (const { url } of [a, b]) expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada' })
    })

    test('148. runs onSessionStart for a new visitor, and not for one who is known', async ({ store }) => {
      const onSessionStart = vi.fn(({ session }) => {
        session.greeted = true
      })
      const node = await store.node(shop(sessionPages, { onSessionStart }))
      const connection = await connected(node)
      expect(await connection.run(({ session }) => session.greeted)).toBe(true)
      expect(connection.headers.map(([name]) => name)).toContain('set-cookie')
      expect((await connected(node, await visitorWith(node.url, 'name=ada'))).headers).toEqual([])
      expect(onSessionStart).toHaveBeenCalledTimes(2)
    })

    test('148. is refused with the status of the error that open() throws, and nothing is stored', async ({
      store,
    }) => {
      const node = await store.node(application())
      const refused = connected(node, undefined, {
        open(ctx) {
          ctx.session.name = 'eve'
          ctx.throw(401, 'log in first')
        },
      })
      await expect(refused).rejects.toMatchObject({ status: 401, message: 'log in first' })
      const visitor = await visitorWith(node.url, 'list=1')
      const again = connected(node, visitor, {
        open(ctx) {
          ctx.session.list = ['eve']
          ctx.throw(403)
        },
      })
      await expect(again).rejects.toMatchObject({ status: 403 })
      expect(await node.app.sessions.count()).toBe(1)
      expect((await visitor.get(node.url, '/read')).json()).toEqual({ list: '1' })
    })

    test('145. is refused with 409 if its session has ended while open() ran and wrote', async ({ store }) => {
      const [a, b] = await store.pair(application())
      const visitor = await visitorWith(a.url, 'name=ada')
      const gate = new Gate()
      const connecting = connected(b, visitor, {
        async open({ session }) {
          await gate.pass()
          session.seen = true
        },
      })
      connecting.catch(() => {})
      await gate.reached
      await visitor.clone().get(a.url, '/end')
      await store.run(1_200)
      gate.open()
      await expect(connecting).rejects.toMatchObject({ code: 'SCOPE_LOST', status: 409 })
      await expect.poll(() => a.app.sessions.count()).toBe(0)
    })

    test('142. with a secret that has just been replaced is refused with 409', async ({ store }) => {
      const node = await store.node(application())
      const visitor = await visitorWith(node.url, 'name=ada')
      const before = visitor.clone()
      await visitor.get(node.url, '/rotate')
      await expect(connected(node, before)).rejects.toMatchObject({ code: 'SCOPE_SUPERSEDED', status: 409 })
    })

    test('149. is refused with 503 while the store is unavailable, and lives on if it becomes so later', async ({
      store,
    }) => {
      const node = await store.node(application(), { session: { whenUnavailable: 'fail' } })
      const visitor = await visitorWith(node.url, 'name=ada')
      const connection = await connected(node, visitor)
      const other = await visitorWith(node.url, 'name=bob')
      const ends: string[] = []
      connection.onEnd((reason) => ends.push(reason))
      const second = await store.node(application(), { session: { whenUnavailable: 'fail' } })
      second.line.cut()
      await expect(connected(second, other)).rejects.toMatchObject({ status: 503 })
      second.line.restore()
      node.line.cut()
      store.skip(2 * minute)
      await expect(connection.run(() => expect.unreachable())).rejects.toMatchObject({ status: 503 })
      node.line.restore()
      expect(ends).toEqual([])
      expect(await store.until(vi.waitFor(() => connection.run(({ session }) => session.name)))).toBe('ada')
    })

    test('150. ends when the container closes, after the run that is under way', async ({ store }) => {
      const [a, b] = await store.pair(application())
      const visitor = await visitorWith(a.url, 'name=ada')
      const connection = await connected(a, visitor)
      const ends: string[] = []
      connection.onEnd((reason) => ends.push(reason))
      const gate = new Gate()
      const run = connection.run(async ({ session }) => {
        await gate.pass()
        session.name = 'byron'
      })
      const waiting = connection.run(() => expect.unreachable())
      waiting.catch(() => {})
      await gate.reached
      const closed = a.container.close()
      expect(ends).toEqual(['shutdown'])
      gate.open()
      await run
      await expect(waiting).rejects.toMatchObject({ code: 'CONNECTION_ENDED' })
      await closed
      await expect(connected(a, visitor)).rejects.toMatchObject({ code: 'CONTAINER_CLOSED', status: 503 })
      expect((await visitor.get(b.url, '/read')).json()).toEqual({ name: 'byron' })
    })

    test('150. and closed holds nothing: no run, no listener', async ({ store }) => {
      const node = await store.node(application())
      const visitor = await visitorWith(node.url, 'name=ada')
      const connection = await connected(node, visitor)
      connection.onEnd(() => expect.unreachable())
      connection.close()
      connection.close()
      expect(connection.end).toBe('closed')
      await expect(connection.run(() => expect.unreachable())).rejects.toMatchObject({ code: 'CONNECTION_ENDED' })
      await visitor.get(node.url, '/end')
      await store.sweep()
    })
  })
})

describe('the request of a connection', () => {
  describeInMemory(({ test }) => {
    test('147. of a page on another site is refused with 403, before the store is asked', async ({ store }) => {
      const onSessionStart = vi.fn()
      const node = await store.node(shop(sessionPages, { onSessionStart }))
      const visitor = await visitorWith(node.url, 'name=ada')
      onSessionStart.mockClear()
      node.traffic.clear()
      for (const headers of [
        { origin: 'https://evil.example' },
        { origin: 'https://shop.example.evil.example' },
        { origin: 'https://shop.example:8443' },
        { origin: 'null' },
        { origin: 'shop.example' },
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
      ])
        await expect(node.app.connect(upgradeRequest(visitor, headers))).rejects.toMatchObject({
          code: 'ORIGIN_REFUSED',
          status: 403,
        })
      expect(node.traffic.exchanges).toEqual([])
      expect(onSessionStart).not.toHaveBeenCalled()
    })

    test('147. of an own page, a named page, or a program is accepted', async ({ store }) => {
      const node = await store.node(application())
      const visitor = await visitorWith(node.url, 'name=ada')
      const origins = ['https://app.example']
      for (const headers of [
        {},
        { origin: 'http://shop.example' },
        { origin: 'https://shop.example' },
        { origin: 'https://app.example' },
        { 'sec-fetch-site': 'same-origin' },
      ])
        expect((await node.app.connect(upgradeRequest(visitor, headers), { origins })).sessionId).toBe(idOf(visitor))
      const withoutOrigin = node.app.connect(upgradeRequest(visitor), { requireOrigin: true })
      await expect(withoutOrigin).rejects.toMatchObject({ code: 'ORIGIN_REFUSED' })
      for (const wrong of ['https://app.example/', '*', 'app.example', 'https://app.example/chat'])
        await expect(node.app.connect(upgradeRequest(visitor), { origins: [wrong] })).rejects.toThrow(TypeError)
    })

    test('151. leaves no secret in the log, in errors, or in a connection that is printed', async ({ store }) => {
      const log = new LogLines()
      const node = await store.node(application(), { logger: log.logger })
      const visitor = await visitorWith(node.url, 'name=ada')
      const connection = await connected(node, visitor, { open: ({ scopes }) => scopes.session.rotate() })
      const errors = [
        await connected(node, visitor).catch((error) => error),
        await node.app.connect(upgradeRequest(visitor, { origin: 'https://evil.example' })).catch((error) => error),
        await connection.run(({ scopes }) => scopes.session.rotate()).catch((error) => error),
      ]
      expect(errors.every((error) => error instanceof Error)).toBe(true)
      const secrets = [visitor.cookies.get('shop_sid') ?? '', ...connection.headers.map(([, value]) => value)].map(
        (text) => /\.([\w-]{24})/.exec(text)?.[1],
      )
      expect(new Set(secrets).size).toBeGreaterThanOrEqual(2)
      const shown = [log.all, errors, connection].map((what) => inspect(what, { depth: 9, showHidden: true })).join()
      for (const secret of secrets) if (secret) expect(shown).not.toContain(secret)
    })
  })
})
