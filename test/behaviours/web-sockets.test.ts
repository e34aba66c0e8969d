import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { describe, expect, onTestFinished, test as plain, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { ManualClock } from '../../src/testing/manual-clock.js'
import { type WebSocketsOptions, webSockets } from '../../src/ws.js'
import { upgradeRequest } from '../support/connecting.js'
import { quietContainer } from '../support/container.js'
import { DeafSocket } from '../support/deaf-socket.js'
import { Gate } from '../support/gate.js'
import { LogLines } from '../support/log-lines.js'
import { describeEverywhere, describeInMemory } from '../support/matrix.js'
import { type OpenScopes, type PageContext, sessionPages, shop } from '../support/shop.js'
import type { Node } from '../support/test-store.js'
import { visitorWith } from '../support/visitor.js'
import { TestSocket } from '../support/web-socket.js'

const soon = { interval: 5, timeout: 20_000 }

/** Serves the sockets of a node on a server of their own. */
async function sockets({ container, app }: Node, options: Partial<WebSocketsOptions<OpenScopes>> = {}) {
  const server = createServer(app.callback())
  const live = await webSockets<OpenScopes>(container, 'shop', { path: '/live', ...options })
  live.attach(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    await live.close()
    server.close()
    server.closeAllConnections()
  })
  return { live, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const echo: Partial<WebSocketsOptions<OpenScopes>> = {
  onOpen: ({ session, socket }) => socket.send(`hello ${session.name}`),
  onMessage({ message, session, socket }) {
    session.said = [...(session.said ?? []), message]
    socket.send(`${session.name} said ${session.said}`)
  },
}

describe('a web socket', () => {
  describeEverywhere(({ test }) => {
    test('153. is bound to the session of its visitor, and each message is a run', async ({ store }) => {
      const [a, b] = await store.pair(shop(sessionPages))
      const visitor = await visitorWith(a.url, 'name=ada')
      const closes: unknown[] = []
      const { live, url } = await sockets(b, {
        ...echo,
        onClose: async ({ code, connection }) => closes.push(code, await connection.run(({ session }) => session.name)),
      })
      const socket = await TestSocket.open(`${url}/live`, visitor)
      socket.send('tea', 'milk')
      await vi.waitFor(() => expect(socket.messages).toHaveLength(3), soon)
      expect(socket.messages).toEqual(['hello ada', 'ada said tea', 'ada said tea,milk'])
      store.skip(60_000)
      expect((await visitor.get(a.url, '/read')).json()).toEqual({ name: 'ada', said: ['tea', 'milk'] })
      expect(live.size).toBe(1)
      socket.socket.close(1000)
      await vi.waitFor(() => expect(closes).toEqual([1000, 'ada']), soon)
      await vi.waitFor(() => expect(live.size).toBe(0), soon)
    })

    test('153. closes with 1008 when its session has ended on another node', async ({ store }) => {
      const [a, b] = await store.pair(shop(sessionPages))
      const visitor = await visitorWith(a.url, 'name=ada')
      const { url } = await sockets(b, echo)
      const socket = await TestSocket.open(`${url}/live`, visitor)
      const other = await TestSocket.open(`${url}/live`, await visitorWith(a.url, 'name=bob'))
      await vi.waitFor(() => expect(socket.messages).toEqual(['hello ada']), soon)
      await visitor.get(a.url, '/end')
      await store.run(1_200)
      expect(await socket.closed).toBe(1008)
      other.send('tea')
      await vi.waitFor(() => expect(other.messages).toEqual(['hello bob', 'bob said tea']), soon)
    })
  })
})

describe('a web socket on one node', () => {
  describeInMemory(({ test }) => {
    test('153. stays open after the end of its session, where that is declared', async ({ store }) => {
      const node = await store.node(shop(sessionPages))
      const visitor = await visitorWith(node.url, 'name=ada')
      const { url } = await sockets(node, {
        afterEnd: 'pass',
        onMessage: ({ session, socket }) => socket.send(JSON.stringify({ ...session })),
      })
      const socket = await TestSocket.open(`${url}/live`, visitor)
      socket.send('1')
      await vi.waitFor(() => expect(socket.messages).toEqual(['{"name":"ada"}']), soon)
      await visitor.get(node.url, '/end')
      socket.send('2')
      await vi.waitFor(() => expect(socket.messages).toEqual(['{"name":"ada"}', '{}']), soon)
    })

    test('148. gives the cookie of a session that begins with it to the handshake', async ({ store }) => {
      const node = await store.node(shop(sessionPages))
      const { url } = await sockets(node, {
        ...echo,
        open: ({ session }) => {
          session.name = 'ada'
        },
      })
      const socket = await TestSocket.open(`${url}/live`)
      expect(socket.setCookie).toEqual([expect.stringMatching(/^shop_sid=.+HttpOnly/)])
      await vi.waitFor(() => expect(socket.messages).toEqual(['hello ada']), soon)
    })

    test('147. is refused with 403 to a page on another site', async ({ store }) => {
      const node = await store.node(shop(sessionPages))
      const visitor = await visitorWith(node.url, 'name=ada')
      const { live, url } = await sockets(node, { ...echo, origins: ['https://app.example'] })
      const from = (origin: string) => TestSocket.open(`${url}/live`, visitor, { headers: { origin } })
      expect((await from('https://evil.example')).refused).toMatchObject({ status: 403, text: 'Forbidden' })
      for (const origin of [url, 'https://app.example']) expect((await from(origin)).refused).toBeUndefined()
      expect(live.size).toBe(2)
    })

    test('148. is refused with the status of what open() throws, and its own words', async ({ store }) => {
      const node = await store.node(shop(sessionPages))
      const log = new LogLines()
      const { url } = await sockets(node, {
        open(ctx) {
          if (ctx.query.boom) throw new Error('secret reason')
          if (!ctx.scopes.session.principal) ctx.throw(401, 'log in first')
        },
      })
      expect((await TestSocket.open(`${url}/live`)).refused).toMatchObject({ status: 401, text: 'log in first' })
      const failed = (await TestSocket.open(`${url}/live?boom=1`)).refused
      expect(failed).toMatchObject({ status: 500, text: 'Internal Server Error' })
      expect(log.shown).toEqual([])
    })

    test('148. gives the cookie of a login to the refusal, which keeps it', async ({ store }) => {
      const node = await store.node(shop(sessionPages))
      const visitor = await visitorWith(node.url, 'name=ada')
      const { url } = await sockets(node, {
        async open(ctx) {
          ctx.body = 'no body of a socket'
          await ctx.scopes.session.login('ada')
          if (ctx.query.no) ctx.throw(402)
        },
      })
      const { refused } = await TestSocket.open(`${url}/live?no=1`, visitor)
      expect(refused?.status).toBe(402)
      const [line = ''] = (refused?.headers['set-cookie'] ?? []) as readonly string[]
      visitor.cookies.set('shop_sid', line.slice('shop_sid='.length, line.indexOf(';')))
      expect((await visitor.get(node.url, '/principal')).json()).toBe('ada')
      const opened = await TestSocket.open(`${url}/live`, visitor)
      expect([opened.refused, opened.setCookie.length]).toEqual([undefined, 1])
    })

    test('148. is refused with 500 if what open() throws cannot be an answer, and the process goes on', async ({
      store,
    }) => {
      const log = new LogLines()
      const node = await store.node(shop(sessionPages), { logger: log.logger })
      let thrown: unknown
      const { url } = await sockets(node, {
        async open(ctx) {
          await ctx.scopes.session.login('ada')
          throw thrown
        },
      })
      const exposed = { status: 401, expose: true }
      const unusable = [
        { ...exposed, headers: { Location: '/\r\nSet-Cookie: shop_sid=evil' } },
        { ...exposed, headers: { 'X-Name: evil\r\nX': '1' } },
        { ...exposed, headers: { 'X-Name': Symbol('name') } },
        Object.defineProperty({ ...exposed }, 'message', {
          get() {
            throw new Error('mine')
          },
        }),
      ]
      for (const error of unusable) {
        thrown = error
        const { refused } = await TestSocket.open(`${url}/live`)
        expect(refused).toMatchObject({ status: 500, text: 'Internal Server Error' })
        expect(refused?.headers['set-cookie']).toEqual([expect.stringMatching(/^shop_sid=(?!evil)/)])
      }
      expect(log.shown.map(({ message }) => message)).toEqual(
        Array(unusable.length).fill('the error of a handshake cannot be its answer'),
      )
    })

    test('148. is refused with the headers of the error, but for those of a body and of the protocol', async ({
      store,
    }) => {
      const node = await store.node(shop(sessionPages))
      const headers = {
        'Content-Length': '0',
        'content-type': 'application/json',
        'Transfer-Encoding': 'chunked',
        Connection: 'keep-alive',
        'Set-Cookie': ['a=1', 'b=2'],
        'Retry-After': 7,
        'X-None': undefined,
      }
      const { url } = await sockets(node, {
        open() {
          throw Object.assign(new Error('wait'), { status: 429, expose: true, headers })
        },
      })
      const { refused } = await TestSocket.open(`${url}/live`)
      expect(refused).toEqual({
        status: 429,
        text: 'wait',
        headers: {
          connection: 'close',
          'content-type': 'text/plain; charset=utf-8',
          'content-length': '4',
          'set-cookie': ['a=1', 'b=2'],
          'retry-after': '7',
        },
      })
    })

    test('148. is refused with the words of the status if the message of the error is no text', async ({ store }) => {
      const node = await store.node(shop(sessionPages))
      const { url } = await sockets(node, {
        open() {
          throw { status: 400, expose: true, message: { field: 'room' } }
        },
      })
      expect((await TestSocket.open(`${url}/live`)).refused).toMatchObject({ status: 400, text: 'Bad Request' })
    })

    test('148. opens though open() has set headers of the protocol, which are left out', async ({ store }) => {
      const node = await store.node(shop(sessionPages))
      const { url } = await sockets(node, {
        open(ctx) {
          ctx.set('Sec-WebSocket-Protocol', 'chat')
          ctx.set('X-Room', '5')
        },
        onOpen: ({ socket }) => socket.send('hello'),
      })
      const socket = await TestSocket.open(`${url}/live`)
      await vi.waitFor(() => expect(socket.messages).toEqual(['hello']), soon)
    })

    test('149. is refused with 503 and Retry-After while the store is unavailable', async ({ store }) => {
      const node = await store.node(shop(sessionPages))
      const visitor = await visitorWith(node.url, 'name=ada')
      const second = await store.node(shop(sessionPages))
      const { url } = await sockets(second, echo)
      second.line.cut()
      const { refused } = await TestSocket.open(`${url}/live`, visitor)
      expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '5' } })
    })

    test('154. is not read while too many of its messages wait, and loses none', async ({ store }) => {
      const node = await store.node(shop(sessionPages))
      const gate = new Gate()
      let most = 0
      let received = 0
      const handled: string[] = []
      const { url } = await sockets(node, {
        maxWaiting: 4,
        isHeartbeat() {
          received += 1
          return false
        },
        async onMessage({ message }) {
          await gate.pass()
          most = Math.max(most, received - handled.length)
          handled.push(String(message).slice(0, 4))
        },
      })
      const socket = await TestSocket.open(`${url}/live`, await visitorWith(node.url, 'name=ada'))
      const numbers = Array.from({ length: 100 }, (_, index) => String(index).padEnd(4))
      const filler = 'x'.repeat(100_000)
      socket.send(...numbers.map((number) => number + filler))
      await gate.reached
      gate.open()
      await vi.waitFor(() => expect(handled).toEqual(numbers), soon)
      expect(most).toBeLessThan(10)
    })

    test('144. that sends only heartbeats does not keep its session', async ({ store }) => {
      const node = await store.node(shop(sessionPages), { session: { timeout: '10m' } })
      const onMessage = vi.fn()
      const { url } = await sockets(node, { onMessage, isHeartbeat: (message) => message === 'ping' })
      const [idle, busy] = [await visitorWith(node.url, 'name=ada'), await visitorWith(node.url, 'name=bob')]
      const [first, second] = [await TestSocket.open(`${url}/live`, idle), await TestSocket.open(`${url}/live`, busy)]
      store.skip(8 * 60_000)
      first.send('ping', 'ping')
      second.send('hello')
      await vi.waitFor(() => expect(onMessage).toHaveBeenCalledTimes(1), soon)
      await store.run(2_400)
      store.skip(4 * 60_000)
      await store.run(2_400)
      expect(await first.closed).toBe(1008)
      expect(second.socket.readyState).toBe(1)
      expect(onMessage).toHaveBeenCalledTimes(1)
    })

    test('155. whose other side is gone is closed after two heartbeats', async ({ store }) => {
      const node = await store.node(shop(sessionPages))
      const onClose = vi.fn()
      let pongs = 0
      class Watched extends WebSocketServer {
        override handleUpgrade(...[request, socket, head, opened]: Parameters<WebSocketServer['handleUpgrade']>) {
          super.handleUpgrade(request, socket, head, (client, from) => {
            client.on('pong', () => {
              pongs += 1
            })
            opened(client, from)
          })
        }
      }
      const { live, url } = await sockets(node, { heartbeat: '30s', onClose, ws: { WebSocketServer: Watched } })
      const visitor = await visitorWith(node.url, 'name=ada')
      const silent = await TestSocket.open(`${url}/live`, visitor, { autoPong: false })
      const answering = await TestSocket.open(`${url}/live`, visitor)
      await vi.waitFor(() => expect(live.size).toBe(2), soon)
      await store.clock.advance(30_000)
      await vi.waitFor(() => expect(pongs).toBe(1), soon)
      await store.clock.advance(30_000)
      expect(await silent.closed).toBe(1006)
      await vi.waitFor(() => expect(onClose).toHaveBeenCalledTimes(1), soon)
      expect(onClose.mock.calls[0]?.[0]).toMatchObject({ code: 1006 })
      expect(answering.socket.readyState).toBe(1)
    })

    test('146. closes with 1011 when a handler throws, which is logged without secrets', async ({ store }) => {
      const log = new LogLines()
      const node = await store.node(shop(sessionPages), { logger: log.logger })
      const visitor = await visitorWith(node.url, 'name=ada')
      const { url } = await sockets(node, {
        onMessage() {
          throw new Error('mine')
        },
      })
      const socket = await TestSocket.open(`${url}/live`, visitor)
      socket.send('tea')
      expect(await socket.closed).toBe(1011)
      expect(log.shown).toMatchObject([
        { level: 'error', message: 'a handler of a web socket failed', fields: { err: new Error('mine') } },
      ])
      expect(JSON.stringify(log.all)).not.toContain(visitor.cookies.get('shop_sid')?.split('.')[1])
    })

    test('146. stays open when onError takes the error', async ({ store }) => {
      const node = await store.node(shop(sessionPages))
      const { url } = await sockets(node, {
        onMessage: ({ scopes }) => scopes.session.rotate(),
        onError: (error, { socket }) => socket.send((error as { code: string }).code),
      })
      const socket = await TestSocket.open(`${url}/live`, await visitorWith(node.url, 'name=ada'))
      socket.send('1', '2')
      await vi.waitFor(() => expect(socket.messages).toEqual(Array(2).fill('CONNECTION_CANNOT_ISSUE')), soon)
    })

    test('146. handles no message of a visitor whom onOpen refuses, not even if onError takes the error', async ({
      store,
    }) => {
      const node = await store.node(shop(sessionPages))
      const visitor = await visitorWith(node.url, 'name=ada')
      const onMessage = vi.fn()
      for (const onError of [undefined, () => {}]) {
        const gate = new Gate()
        const received = vi.fn()
        const { live, url } = await sockets(node, {
          isHeartbeat(message) {
            received(message)
            return false
          },
          async onOpen() {
            await gate.pass()
            throw new Error('log in first')
          },
          onMessage,
          ...(onError && { onError }),
        })
        const socket = await TestSocket.open(`${url}/live`, visitor)
        socket.send('waits', 'waits too')
        await gate.reached
        await vi.waitFor(() => expect(received).toHaveBeenCalledTimes(2), soon)
        gate.open()
        expect(await socket.closed).toBe(1011)
        await vi.waitFor(() => expect(live.size).toBe(0), soon)
      }
      expect(onMessage).not.toHaveBeenCalled()
    })

    test('146. drops the messages behind one that failed, also if onError has closed the socket', async ({ store }) => {
      const node = await store.node(shop(sessionPages))
      const visitor = await visitorWith(node.url, 'name=ada')
      for (const [code, onError] of [
        [1011, undefined],
        [4001, (_: unknown, { socket }: { socket: { close(code: number): void } }) => socket.close(4001)],
      ] as const) {
        const handled: unknown[] = []
        const gate = new Gate()
        const { live, url } = await sockets(node, {
          async onMessage({ message }) {
            handled.push(message)
            await gate.pass()
            throw new Error('mine')
          },
          ...(onError && { onError }),
        })
        const socket = await TestSocket.open(`${url}/live`, visitor)
        socket.send('fails', 'waits')
        await gate.reached
        gate.open()
        expect(await socket.closed).toBe(code)
        await vi.waitFor(() => expect(live.size).toBe(0), soon)
        expect(handled).toEqual(['fails'])
      }
    })

    test('155. is cut off 3 s after it was closed, and not served, if the other side ignores that', async ({
      store,
    }) => {
      const node = await store.node(shop(sessionPages))
      const onMessage = vi.fn(() => {
        throw new Error('mine')
      })
      const { live, url } = await sockets(node, { onMessage })
      const deaf = await DeafSocket.open(`${url}/live`)
      deaf.send('first')
      await vi.waitFor(() => expect(deaf.closeFrame).toBe(1011), soon)
      deaf.send('second')
      await store.clock.advance(2_900)
      expect(live.size).toBe(1)
      await store.clock.advance(100)
      await deaf.ended
      await vi.waitFor(() => expect(live.size).toBe(0), soon)
      expect(onMessage).toHaveBeenCalledTimes(1)
    })

    test('144. whose isHeartbeat answers by a promise is closed, because every message would be dropped', async ({
      store,
    }) => {
      const log = new LogLines()
      const node = await store.node(shop(sessionPages), { logger: log.logger })
      const { url } = await sockets(node, { isHeartbeat: (async () => Promise.reject(new Error('late'))) as never })
      const socket = await TestSocket.open(`${url}/live`, await visitorWith(node.url, 'name=ada'))
      socket.send('tea')
      expect(await socket.closed).toBe(1011)
      await vi.waitFor(
        () =>
          expect(log.shown.map(({ fields }) => (fields as { err: Error }).err.message).toSorted()).toEqual([
            'isHeartbeat answers true or false at once, not by a promise',
            'late',
          ]),
        soon,
      )
    })

    test('153. takes only its own path, beside other sockets on one server', async ({ store }) => {
      const node = await store.node(shop(sessionPages))
      const server = createServer()
      for (const path of ['/one', '/two'])
        (
          await webSockets<OpenScopes>(node.container, 'shop', {
            path,
            onOpen: ({ socket }) => socket.send(path),
          })
        ).attach(server)
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      for (const path of ['/one', '/two']) {
        const socket = await TestSocket.open(`${url}${path}?x=1`)
        await vi.waitFor(() => expect(socket.messages).toEqual([path]), soon)
        socket.close()
      }
      expect((await TestSocket.open(`${url}/three`)).refused).toMatchObject({ status: 404 })
      server.close()
    })
  })
})

async function lengthOfBody({ req }: PageContext) {
  let length = 0
  for await (const chunk of req) length += chunk.length
  return { length }
}

describe('the web sockets of container.listen()', () => {
  const listening = async (mount?: string) => {
    const container = await quietContainer(
      {
        server: { host: '127.0.0.1', port: 0, shutdown: '10s' },
        applications: { shop: { session: {}, ...(mount && { mount }) } },
      },
      { applications: { shop: shop({ ...sessionPages, '/echo': lengthOfBody }) } },
    )
    const server = await container.listen()
    return { container, server }
  }

  plain('150. close with 1001 at shutdown, after the message that is being handled', async () => {
    const { container, server } = await listening()
    const gate = new Gate()
    const live = await webSockets<OpenScopes>(container, 'shop', {
      path: '/live',
      async onMessage({ message, session, socket }) {
        await gate.pass()
        session.said = message
        socket.send(`done ${message}`)
      },
    })
    live.attach(server)
    const socket = await TestSocket.open(`${server.url}/live`, await visitorWith(server.url, 'name=ada'))
    socket.send('tea', 'milk')
    await gate.reached
    const closed = container.close()
    gate.open()
    expect(await socket.closed).toBe(1001)
    expect(socket.messages).toEqual(['done tea'])
    await closed
  })

  plain('150. a handshake under way at shutdown is refused with 503', async () => {
    const { container, server } = await listening()
    const gate = new Gate()
    const onOpen = vi.fn()
    const live = await webSockets<OpenScopes>(container, 'shop', { path: '/live', open: () => gate.pass(), onOpen })
    live.attach(server)
    const opening = TestSocket.open(`${server.url}/live`)
    await gate.reached
    const closed = container.close()
    gate.open()
    expect((await opening).refused).toMatchObject({ status: 503 })
    await closed
    expect(onOpen).not.toHaveBeenCalled()
  })

  plain('150. are not accepted any more after their close(), also if they are under way', async () => {
    const { container, server } = await listening()
    const gate = new Gate()
    const live = await webSockets<OpenScopes>(container, 'shop', { path: '/live', open: () => gate.pass() })
    live.attach(server)
    const opening = TestSocket.open(`${server.url}/live`)
    await gate.reached
    await live.close()
    gate.open()
    expect((await opening).refused).toMatchObject({ status: 503 })
    expect((await TestSocket.open(`${server.url}/live`)).refused).toMatchObject({ status: 404 })
    expect(() => live.attach(server)).toThrow('These web sockets are closed')
    await container.close()
  })

  plain('153. leave requests that ask for another protocol to the application', async () => {
    const { container, server } = await listening()
    const live = await webSockets<OpenScopes>(container, 'shop', { path: '/live' })
    live.attach(server)
    const own = createServer(container.callback())
    const other = await webSockets<OpenScopes>(container, 'shop', { path: '/live' })
    other.attach(own)
    await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve))
    for (const port of [Number(server.port), (own.address() as AddressInfo).port]) {
      const ask = (head: string, body = '') =>
        new Promise<string>((resolve) => {
          const socket = connect(port, '127.0.0.1')
          const chunks: Buffer[] = []
          socket.on('data', (chunk) => chunks.push(chunk))
          socket.on('close', () => resolve(Buffer.concat(chunks).toString()))
          const upgrade = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk'
          socket.write(`${head} HTTP/1.1\r\nHost: shop.example\r\n${upgrade}\r\nContent-Length: ${body.length}\r\n\r\n`)
          socket.write(body)
        })
      expect(await ask('GET /write?name=ada')).toMatch(/^HTTP\/1.1 200 OK\r\n.*Set-Cookie: shop_sid=/s)
      const pushed = 'x'.repeat(200_000)
      expect(await ask('POST /echo', pushed)).toMatch(new RegExp(`^HTTP/1.1 200 OK.*"length":${pushed.length}`, 's'))
    }
    own.close()
    await container.close()
  })

  plain('153. are found within the mount of the application', async () => {
    const { container, server } = await listening('/shop')
    const live = await webSockets<OpenScopes>(container, 'shop', {
      path: '/live',
      onOpen: ({ session, socket }) => socket.send(session.name),
    })
    live.attach(server)
    expect((await TestSocket.open(`${server.url}/live`)).refused).toMatchObject({ status: 404 })
    const socket = await TestSocket.open(`${server.url}/shop/live`, await visitorWith(`${server.url}/shop`, 'name=ada'))
    await vi.waitFor(() => expect(socket.messages).toEqual(['ada']), soon)
    await container.close()
  })
})

plain('a path under scopeless: has no live connections, which is said at once', async () => {
  const onSessionStart = vi.fn()
  const container = await quietContainer(
    { applications: { shop: { mount: '/shop', session: {}, scopeless: ['/plain'] } } },
    { applications: { shop: shop(sessionPages, { onSessionStart }) } },
  )
  await expect(webSockets(container, 'shop', { path: '/plain/live' })).rejects.toThrow('under scopeless:')
  const request = upgradeRequest(undefined)
  for (const [url, code] of [
    ['/shop/plain/live', 'SCOPE_NOT_OPEN'],
    ['/shop/plain-not', undefined],
  ] as const) {
    request.url = url
    const connecting = container.connect('shop', request)
    if (code) await expect(connecting).rejects.toMatchObject({ code })
    else (await connecting).close()
  }
  expect(onSessionStart).toHaveBeenCalledTimes(1)
  await container.close()
})

plain('webSockets() refuses what it cannot use', async () => {
  const container = await quietContainer(
    { applications: { shop: { session: {} } } },
    { applications: { shop: shop(sessionPages) }, clock: new ManualClock() },
  )
  const open = (options: object) => webSockets(container, 'shop', options as never)
  await expect(open({ path: 'live' })).rejects.toThrow(TypeError)
  await expect(open({ path: '/live', onMesage() {} })).rejects.toThrow('webSockets() has no option "onMesage"')
  await expect(open({ path: '/live', heartbeat: 'often' })).rejects.toMatchObject({ code: 'DURATION_INVALID' })
  await expect(open({ path: '/live', ws: {} })).rejects.toThrow('The option ws of webSockets() is the package ws')
  for (const server of [null, undefined, {}, 'http'])
    await expect(open({ path: '/live' }).then((live) => live.attach(server as never))).rejects.toThrow('attach() takes')
  for (const request of [null, undefined, {}, 'GET /'])
    await expect(container.connect('shop', request as never)).rejects.toThrow('connect() takes the request')
  await expect(webSockets(container, 'stop', { path: '/live' })).rejects.toMatchObject({ code: 'APPLICATION_UNKNOWN' })
  await container.close()
})
