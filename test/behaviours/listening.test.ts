import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, lstat, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { Agent, type IncomingMessage, Server as NodeServer, request } from 'node:http'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ConfigInput } from '../../src/config/load.js'
import { ManualClock } from '../../src/testing/manual-clock.js'
import { quietContainer, withFolder } from '../support/container.js'
import { Gate } from '../support/gate.js'
import { type Page, shop } from '../support/shop.js'

type ServerInput = NonNullable<ConfigInput['server']>

const gates = () => {
  const gate = new Gate()
  const pages = {
    '/': () => 'home',
    '/slow': async () => {
      await gate.pass()
      return 'slow'
    },
  } satisfies Record<string, Page>
  return { gate, pages }
}

async function container(
  server: ServerInput,
  { pages, clock }: { pages?: Record<string, Page>; clock?: ManualClock } = {},
) {
  const made = await quietContainer(
    { server: { port: 0, ...server }, applications: { shop: {} } },
    { ...(clock && { clock }), applications: { shop: shop(pages ?? gates().pages) } },
  )
  onTestFinished(() => made.close())
  return made
}

interface Asked {
  readonly agent?: Agent
  readonly path?: string
}

/** The answer, and whether its connection was one of before. */
async function ask(place: { readonly socketPath: string } | { readonly port: number | undefined }, asked: Asked = {}) {
  const { agent, path = '/' } = asked
  const sent = request({ host: '127.0.0.1', ...place, path, ...(agent && { agent }) }).end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  return {
    status: answer.statusCode,
    connection: answer.headers.connection,
    body: await text(answer),
    isReused: sent.reusedSocket,
  }
}

const keepingAlive = () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  return agent
}

describe('container.listen()', () => {
  test('gives the server of Node, with the limits of the configuration', async () => {
    const limits = { keepAliveTimeout: '70s', headersTimeout: '20s', requestTimeout: 'never' } as const
    const { httpServer } = await (await container(limits)).listen()
    expect(httpServer).toBeInstanceOf(NodeServer)
    expect(httpServer).toMatchObject({ keepAliveTimeout: 70_000, headersTimeout: 20_000, requestTimeout: 0 })
    const { httpServer: usual } = await (await container({})).listen()
    expect(usual).toMatchObject({ keepAliveTimeout: 65_000, headersTimeout: 60_000, requestTimeout: 300_000 })
  })

  test('reports what the server emits later, and goes on', async () => {
    const { httpServer, port } = await (await container({})).listen()
    httpServer.emit('error', new Error('too many open files'))
    httpServer.emit('error', new Error('too many open files'))
    expect((await ask({ port })).status).toBe(200)
  })

  test.for([
    [{ host: '192.0.2.1' }, /^Port 0 on 192\.0\.2\.1 cannot be listened on: .+EADDRNOTAVAIL.+ Correct server\.host/],
    [{ port: '/no/such/folder/app.sock' }, /^The socket unix:\/no\/such\/folder\/app\.sock cannot .+Create the folder/],
    [
      { port: 'fd:999' },
      /^The descriptor fd:999 cannot be listened on: the descriptor 999 is not open\. Start node directly/,
    ],
  ] as const)('says what is wrong with an address: %o', async ([server, message]) => {
    const listening = (await container(server)).listen()
    await expect(listening).rejects.toMatchObject({ code: 'LISTEN_FAILED', message: expect.stringMatching(message) })
  })
})

describe('a connection that stays open', () => {
  test('is told to close while the container drains, and serves until then', async () => {
    const clock = new ManualClock()
    const { gate, pages } = gates()
    const shop = await container({ drain: '5s' }, { clock, pages })
    const { port } = await shop.listen()
    const place = { port }
    const [idle, busy] = [keepingAlive(), keepingAlive()]
    for (const agent of [idle, busy]) expect((await ask(place, { agent })).connection).toBe('keep-alive')
    const running = ask(place, { agent: busy, path: '/slow' })
    await gate.reached
    const closing = shop.close()
    // What was begun before, and what comes later: on an open connection, and on a new one.
    expect(await ask(place, { agent: idle })).toEqual({
      status: 200,
      connection: 'close',
      body: '"home"',
      isReused: true,
    })
    expect((await ask(place)).connection).toBe('close')
    gate.open()
    expect(await running).toEqual({ status: 200, connection: 'close', body: '"slow"', isReused: true })
    await clock.advance(5_000)
    await closing
    await expect(ask(place)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  test('is told to close by an answer that is under way when the container closes without draining', async () => {
    const { gate, pages } = gates()
    const shop = await container({}, { pages })
    const { port } = await shop.listen()
    const place = { port }
    const running = ask(place, { agent: keepingAlive(), path: '/slow' })
    await gate.reached
    const closing = shop.close()
    gate.open()
    expect(await running).toMatchObject({ status: 200, connection: 'close' })
    await closing
  })

  test('ends at the close if it is idle, without waiting for server.shutdown', async () => {
    const shop = await container({ shutdown: '1h' }, { clock: new ManualClock() })
    const { port } = await shop.listen()
    const place = { port }
    const agent = keepingAlive()
    await ask(place, { agent })
    await shop.close()
    await expect(ask(place, { agent })).rejects.toThrow()
  })
})

describe('a Unix socket', () => {
  test('is listened on, and its file goes at the close', () =>
    withFolder(async (folder) => {
      const socketPath = join(folder, 'app.sock')
      const shop = await container({ port: socketPath })
      const server = await shop.listen()
      expect([server.url, server.port]).toEqual([`unix:${socketPath}`, undefined])
      expect(await ask({ socketPath })).toMatchObject({ status: 200, body: '"home"' })
      await shop.close()
      await expect(lstat(socketPath)).rejects.toMatchObject({ code: 'ENOENT' })
    }))

  test.for(['600', '660', '0666'])('has the mode that the configuration says: %s', (socketMode) =>
    withFolder(async (folder) => {
      const socketPath = join(folder, 'app.sock')
      await (await container({ port: socketPath, socketMode })).listen()
      expect((await stat(socketPath)).mode & 0o777).toBe(Number.parseInt(socketMode, 8))
    }),
  )

  test('that a dead process left is replaced', () =>
    withFolder(async (folder) => {
      const socketPath = join(folder, 'app.sock')
      const program = `require('node:net').createServer().listen(${JSON.stringify(socketPath)}, () => process.kill(process.pid, 'SIGKILL'))`
      await once(spawn(process.execPath, ['-e', program]), 'exit')
      expect((await lstat(socketPath)).isSocket()).toBe(true)
      await (await container({ port: socketPath })).listen()
      expect((await ask({ socketPath })).status).toBe(200)
    }))

  test('that another process listens on is left alone, and so is a file that is no socket', () =>
    withFolder(async (folder) => {
      const [live, file] = [join(folder, 'live.sock'), join(folder, 'notes')]
      const other = createServer((socket) => socket.end()).listen(live)
      await once(other, 'listening')
      onTestFinished(() => void other.close())
      await writeFile(file, 'mine')
      for (const port of [live, file])
        await expect((await container({ port })).listen()).rejects.toMatchObject({
          code: 'PORT_IN_USE',
          message: `The socket unix:${port} is in use by another program. Stop that program or set another server.port.`,
        })
      expect(await readFile(file, 'utf8')).toBe('mine')
      await once(connect(live), 'connect')
    }))

  test('in a folder that may not be written says so', { skip: process.getuid?.() === 0 }, () =>
    withFolder(async (folder) => {
      const closed = join(folder, 'closed')
      await mkdir(closed)
      await chmod(closed, 0o500)
      await expect((await container({ port: join(closed, 'app.sock') })).listen()).rejects.toMatchObject({
        code: 'LISTEN_FAILED',
        message: expect.stringContaining('Choose a folder that this process may write'),
      })
    }),
  )
})
