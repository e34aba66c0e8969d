import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { io as connect } from 'socket.io-client'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { events } from '../../examples/live/events.js'
import { socketIo } from '../../examples/live/socket-io.js'
import { quietContainer } from '../support/container.js'
import { type OpenScopes, sessionPages, shop } from '../support/shop.js'
import { unhandledRejections } from '../support/unhandled-rejections.js'
import { serveContainer, Visitor, visitorWith } from '../support/visitor.js'

const soon = { interval: 10, timeout: 20_000 }
const cookieOf = (visitor: Visitor) => [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')

describe('the example of server-sent events', () => {
  async function streamed() {
    const container = await quietContainer(
      { applications: { shop: { session: {} } } },
      { applications: { shop: events } },
    )
    const { close, url } = await serveContainer(container)
    onTestFinished(async () => {
      await close()
      await container.close()
    })
    const visitor = new Visitor()
    await visitor.get(url, '/news?add=one')
    const response = await fetch(`${url}/events`, { headers: { cookie: cookieOf(visitor) } })
    const received = { text: '', isOver: false }
    const read = async () => {
      for await (const chunk of response.body ?? []) received.text += Buffer.from(chunk).toString()
      received.isOver = true
    }
    const reading = read().catch(() => {}) // cut off by the end of a test
    return { container, received, reading, response, url, visitor }
  }

  it('streams what other requests add, and ends with the session', async () => {
    const { received, reading, response, url, visitor } = await streamed()
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream\b/)
    await vi.waitFor(() => expect(received.text).toBe('data: ["one"]\n\n'), soon)
    await visitor.get(url, '/news?add=two')
    await visitorWith(url, 'nothing=1')
    await vi.waitFor(() => expect(received.text).toBe('data: ["one"]\n\ndata: ["one","two"]\n\n'), soon)
    await visitor.get(url, '/logout')
    await reading
    expect(received).toMatchObject({ isOver: true, text: expect.stringMatching(/event: end\ndata: ended\n\n$/) })
  })

  it('ends when the container closes', async () => {
    const { container, received, reading } = await streamed()
    await vi.waitFor(() => expect(received.text).toBe('data: ["one"]\n\n'), soon)
    await container.close()
    await reading
    expect(received.text).toMatch(/event: end\ndata: shutdown\n\n$/)
  })

  it('is refused to a page on another site', async () => {
    const { url, visitor } = await streamed()
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }])
      expect((await visitor.get(url, '/events', { headers })).status).toBe(403)
  })
})

describe('the example of Socket.IO', () => {
  it('works on the session of its visitor, and disconnects when it ends', async () => {
    const unhandled = unhandledRejections()
    const application = shop(sessionPages)
    const container = await quietContainer(
      { applications: { shop: { session: {} } } },
      { applications: { shop: application } },
    )
    const server = createServer(container.callback())
    const io = socketIo(container, application as never)
    io.attach(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    onTestFinished(async () => {
      await io.close()
      await container.close()
    })
    const visitor = await visitorWith(url, 'name=ada')
    const transports = ['websocket']
    const socket = connect(url, { transports, reconnection: false, extraHeaders: { cookie: cookieOf(visitor) } })
    const ended = new Promise((resolve) => socket.once('disconnect', resolve))
    expect(await socket.emitWithAck('say', 'tea')).toEqual(['tea'])
    expect(await socket.emitWithAck('say', 'milk')).toEqual(['tea', 'milk'])
    expect((await visitor.get(url, '/read')).json()).toEqual({ name: 'ada', said: ['tea', 'milk'] })
    const evil = connect(url, {
      transports,
      reconnection: false,
      forceNew: true,
      extraHeaders: { cookie: cookieOf(visitor), origin: 'https://evil.example' },
    })
    const refused = await new Promise<Error>((resolve) => evil.once('connect_error', resolve))
    expect(refused.message).toMatch(/^A live connection to .* was refused/)
    const stranger = connect(url, { transports, reconnection: false, forceNew: true })
    expect(await stranger.emitWithAck('say', 'tea')).toEqual({ error: 'CONNECTION_WITHOUT_RECORD' })
    stranger.emit('say', { not: 'text' }, 'no function')
    expect(await stranger.emitWithAck('say', 'milk')).toEqual({ error: 'CONNECTION_WITHOUT_RECORD' })
    stranger.close()
    expect(unhandled).toEqual([])
    await container.application<OpenScopes>('shop').sessions.end(visitor.cookies.get('shop_sid')?.split('.')[0] ?? '')
    expect(await ended).toBe('io server disconnect')
  })
})
