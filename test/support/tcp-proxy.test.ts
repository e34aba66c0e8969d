import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { TcpProxy } from './tcp-proxy.js'

/** What the server behind the proxy got. */
let received: string
let proxy: TcpProxy
beforeEach(async () => {
  received = ''
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      received += chunk
      socket.write(`<${chunk}>`)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  proxy = await TcpProxy.to((server.address() as AddressInfo).port)
  onTestFinished(async () => {
    await proxy.close()
    server.close()
  })
})

/** What this request gets, and how it ended. */
async function ask(request: string, client: Socket = connect(proxy.port, '127.0.0.1')): Promise<string> {
  let reply = ''
  client.write(request)
  client.on('data', (chunk) => {
    reply += chunk
    if (reply.endsWith('>')) client.destroy()
  })
  client.on('error', () => {})
  await new Promise((resolve) => client.once('close', resolve))
  return reply
}

describe('the proxy', () => {
  it('passes on what is sent, in either direction', async () => {
    expect(await ask('one')).toBe('<one>')
  })

  it('delays it', async () => {
    proxy.delay(30)
    const start = performance.now()
    expect(await ask('one')).toBe('<one>')
    expect(performance.now() - start).toBeGreaterThanOrEqual(59)
    proxy.heal()
    expect(await ask('two')).toBe('<two>')
  })

  it('cuts one reply in the middle, when it is told to', async () => {
    const reply = proxy.catchReply('two')
    expect(await ask('one')).toBe('<one>')
    const asked = ask('two')
    await reply.reached
    expect(received).toBe('onetwo')
    expect(await ask('three')).toBe('<three>')
    reply.cut(3)
    expect(await asked).toBe('<tw')
    expect(await ask('two')).toBe('<two>')
  })

  it('loses one request', async () => {
    proxy.loseRequest('two')
    expect(await ask('two')).toBe('')
    expect(received).toBe('')
    expect(await ask('two')).toBe('<two>')
  })

  it('accepts connections into a black hole, out of which all comes late, also what was sent by those who left', async () => {
    proxy.blackhole()
    const waiting = ask('one')
    const leaving = connect(proxy.port, '127.0.0.1')
    leaving.end('two')
    await once(leaving.resume(), 'close')
    expect(received).toBe('')
    proxy.heal()
    expect(await waiting).toBe('<one>')
    await vi.waitFor(() => expect(received).toContain('two'), { interval: 5 })
  })

  it('cuts every connection, with what is under way, and accepts new ones', async () => {
    proxy.blackhole()
    const client = connect(proxy.port, '127.0.0.1')
    await once(client, 'connect')
    const asked = ask('one', client)
    proxy.cut()
    expect(await asked).toBe('')
    proxy.heal()
    expect(await ask('two')).toBe('<two>')
    expect(received).toBe('two')
  })
})
