import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { ConfigInput } from '../../src/config/load.js'
import { type WebSocketsOptions, webSockets } from '../../src/ws.js'
import { upgradeRequest } from '../support/connecting.js'
import { quietContainer } from '../support/container.js'
import { Gate } from '../support/gate.js'
import { LogLines } from '../support/log-lines.js'
import { type OpenScopes, sessionPages, shop } from '../support/shop.js'
import { Visitor, visitorWith } from '../support/visitor.js'
import { TestSocket } from '../support/web-socket.js'

type Options = WebSocketsOptions<OpenScopes>

const soon = { interval: 5, timeout: 20_000 }
const sealedCache = () => ({ driver: 'cookie', keys: [randomBytes(32).toString('base64url')], storage: true })

/** A container in a program of its own, with its log. */
async function program(config: ConfigInput = { applications: { shop: { session: {} } } }) {
  const log = new LogLines()
  const container = await quietContainer(config, { applications: { shop: shop(sessionPages) }, logger: log.logger })
  const server = createServer(container.callback())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    await container.close()
    server.close()
    server.closeAllConnections()
  })
  const attach = async (options: Partial<Options> = {}) =>
    (await webSockets<OpenScopes>(container, 'shop', { path: '/live', ...options })).attach(server)
  return { log, container, server, attach, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

describe('the options of webSockets()', () => {
  test.each([
    ['origins', 'https://app.example', 'The origins of webSockets() are an array'],
    ['origins', ['https://app.example/'], 'write it as in https://app.example'],
    ['origins', ['app.example'], 'write it as in https://app.example'],
    ['origins', ['*'], 'there is no wildcard'],
    ['requireOrigin', 'yes', 'requireOrigin is true or false'],
    ['afterEnd', 'refuse', "afterEnd is 'close' or 'pass'"],
    ['maxMessage', '1 mb', 'maxMessage: "1 mb" is not a size. Write it as in 512kb'],
    ['maxMessage', 0, 'maxMessage: 0 is out of range'],
    ['maxMessage', null, 'maxMessage: null is not a size'],
    ['maxWaiting', '100', 'maxWaiting is a whole number from 1'],
    ['maxWaiting', 0, 'maxWaiting is a whole number from 1'],
    ['open', 'open', 'open is a function'],
    ['onMessage', {}, 'onMessage is a function'],
    ['path', '/live?room=1', 'The path of web sockets begins with a slash'],
  ])('are checked before a visitor comes: %s: %j', async (name, value, message) => {
    const { attach } = await program()
    await expect(attach({ [name]: value } as never)).rejects.toThrow(message)
  })

  test('take an origin in capital letters, and a size as in the configuration', async () => {
    const { attach, url } = await program()
    await attach({
      origins: ['https://APP.example'],
      maxMessage: '1kb',
      onMessage: ({ socket }) => socket.send('read'),
    })
    const from = (origin: string) => TestSocket.open(`${url}/live`, undefined, { headers: { origin } })
    expect((await from('https://evil.example')).refused).toMatchObject({ status: 403 })
    const socket = await from('https://app.example')
    socket.send('x'.repeat(1024))
    await vi.waitFor(() => expect(socket.messages).toEqual(['read']), soon)
    socket.send('x'.repeat(1025))
    expect(await socket.closed).toBe(1009)
  })

  test('refuse sessions in sealed cookies by name, and so does connect()', async () => {
    const applications = { shop: { session: { storage: 'browser' } } }
    const { attach, container } = await program({ caches: { browser: sealedCache() }, applications } as ConfigInput)
    await expect(attach()).rejects.toMatchObject({
      code: 'SCOPE_SEALED',
      message: expect.stringMatching(/^webSockets\(\) cannot work for the session of shop:/),
    })
    await expect(container.connect('shop', upgradeRequest())).rejects.toMatchObject({
      code: 'SCOPE_SEALED',
      message: expect.stringMatching(/^connect\(\) cannot work for the session/),
    })
  })
})

test('a sealed client is read and written before the handshake, and runs see none', async () => {
  const applications = { shop: { session: {}, client: { storage: 'browser' } } }
  const { attach, url } = await program({ caches: { browser: sealedCache() }, applications } as ConfigInput)
  const codes: unknown[] = []
  await attach({
    open({ client, session }) {
      client.visits = (client.visits ?? 0) + 1
      session.visits = client.visits
    },
    onOpen: ({ client, session, socket }) => socket.send(JSON.stringify([session.visits, { ...client }])),
    onMessage({ client }) {
      client.visits = 9
    },
    onError: (error) => codes.push((error as { code: unknown }).code),
  })
  const visitor = new Visitor()
  for (const visits of [1, 2]) {
    const socket = await TestSocket.open(`${url}/live`, visitor)
    await vi.waitFor(() => expect(socket.messages).toEqual([JSON.stringify([visits, {}])]), soon)
    socket.send('write')
    await vi.waitFor(() => expect(codes).toEqual(Array(visits).fill('CONNECTION_WITHOUT_RECORD')), soon)
    const line = socket.setCookie.find((cookie) => cookie.startsWith('shop_cid=')) ?? ''
    visitor.cookies.set('shop_cid', line.slice('shop_cid='.length, line.indexOf(';')))
  }
})

test('a write where no session was begun is a warning, once a minute for each path', async () => {
  const { attach, log, url } = await program()
  const onMessage: Options['onMessage'] = ({ session }) => {
    session.said = 'tea'
  }
  for (const path of ['/one', '/two']) await attach({ path, onMessage })
  for (const path of ['/one', '/one', '/two']) {
    const socket = await TestSocket.open(url + path)
    socket.send('tea')
    expect(await socket.closed).toBe(1011)
  }
  const warning = { level: 'warn', message: 'a request was refused' }
  expect(log.shown).toMatchObject(
    ['/one', '/two'].map((webSockets) => ({ ...warning, fields: { code: 'CONNECTION_WITHOUT_RECORD', webSockets } })),
  )
})

test('onClose gets the code that the visitor got', async () => {
  const { attach, url } = await program()
  const codes: number[] = []
  await attach({
    maxMessage: 10,
    onMessage: ({ socket }) => socket.close(4000),
    onClose: ({ code }) => codes.push(code),
  })
  const tooLong = await TestSocket.open(`${url}/live`, await visitorWith(url, 'name=ada'))
  tooLong.send('x'.repeat(11))
  expect(await tooLong.closed).toBe(1009)
  await vi.waitFor(() => expect(codes).toEqual([1009]), soon)
  const gone = await TestSocket.open(`${url}/live`, await visitorWith(url, 'name=bob'))
  gone.socket.terminate()
  await vi.waitFor(() => expect(codes).toEqual([1009, 1006]), soon)
})

test('onClose gets 1006 if a handler fails after the visitor has gone', async () => {
  const { attach, url } = await program()
  const gate = new Gate()
  const codes: number[] = []
  await attach({
    async onMessage() {
      await gate.pass()
      throw new Error('mine')
    },
    onClose: ({ code }) => codes.push(code),
    ws: {
      WebSocketServer: class extends WebSocketServer {
        override handleUpgrade(...[request, socket, head, opened]: Parameters<WebSocketServer['handleUpgrade']>) {
          super.handleUpgrade(request, socket, head, (client, from) => {
            opened(client, from)
            client.once('close', () => gate.open())
          })
        }
      },
    },
  })
  const gone = await TestSocket.open(`${url}/live`)
  gone.send('tea')
  await gate.reached
  gone.socket.terminate()
  await vi.waitFor(() => expect(codes).toEqual([1006]), soon)
})

test('a second attach at the same path of a server is refused', async () => {
  const { attach } = await program()
  await attach()
  await expect(attach()).rejects.toThrow('This server has web sockets at /live on any host already')
  await attach({ path: '/other' })
})

test('without attach, a handshake is answered as a request', async () => {
  const { container, url } = await program()
  await webSockets<OpenScopes>(container, 'shop', { path: '/live' })
  expect((await TestSocket.open(`${url}/live`)).refused).toMatchObject({ status: 404 })
})

test("a server of one's own ends when it is closed beside the container, with live connections open", async () => {
  const { attach, container, server, url } = await program()
  await attach({ open: ({ session }) => Object.assign(session, { name: 'ada' }) })
  const socket = await TestSocket.open(`${url}/live`)
  const raw = connect((server.address() as AddressInfo).port, '127.0.0.1') // keep-alive, and idle
  raw.write('GET /read HTTP/1.1\r\nHost: x\r\n\r\n')
  await new Promise((resolve) => raw.once('data', resolve))
  const ended = new Promise<void>((resolve) => server.close(() => resolve()))
  await container.close()
  expect(await socket.closed).toBe(1001)
  await ended
})

test('a program shows its session in a header of the handshake, and gets a new one in its answer', async () => {
  const { attach, url } = await program({
    applications: { shop: { session: { carriers: ['cookie', { header: 'x-auth-token' }] } } },
  })
  await attach({
    open({ session }) {
      session.visits = (session.visits ?? 0) + 1
    },
    onOpen: ({ session, socket }) => socket.send(String(session.visits)),
  })
  const opened = async (token: string) => {
    const socket = new WebSocket(`${url}/live`.replace('http', 'ws'), { headers: { 'X-Auth-Token': token } })
    const [[response], [message]] = await Promise.all([once(socket, 'upgrade'), once(socket, 'message')])
    socket.close()
    return { headers: (response as IncomingMessage).headers, visits: String(message) }
  }
  const first = await opened('')
  expect(first).toMatchObject({ headers: { 'x-auth-token': expect.stringMatching(/^.+\..+$/) }, visits: '1' })
  expect(first.headers).not.toHaveProperty('set-cookie')
  expect((await opened(String(first.headers['x-auth-token']))).visits).toBe('2')
})
