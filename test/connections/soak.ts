/*
 * Real web sockets in numbers, on two nodes: how much memory an idle one takes, and how long 1,000 sessions that end on one
 * node take to close their sockets on the other. Run: npm run soak:connections -- --sockets n --store lmdb|redis|postgres
 */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { WebSocket } from 'ws'
import type { ConfigInput } from '../../src/config/load.js'
import { createContainer } from '../../src/container/create-container.js'
import { silentLogger } from '../../src/support/logger.js'
import { webSockets } from '../../src/ws.js'
import { upgradeRequest } from '../support/connecting.js'
import { anyPostgres } from '../support/postgres-server.js'
import { anyRedis } from '../support/redis-server.js'
import { type OpenScopes, sessionPages, shop } from '../support/shop.js'
import { Visitor } from '../support/visitor.js'

const { values } = parseArgs({
  options: {
    sockets: { type: 'string', default: '1000' },
    connections: { type: 'string', default: '10000' },
    store: { type: 'string', default: 'lmdb' },
  },
})
const promisedMs = 2_000
const promisedBytes = 3_000
const width = 100

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')
const heap = () => {
  for (let round = 0; round < 3; round += 1) collect()
  return process.memoryUsage().heapUsed
}

const undo: (() => Promise<unknown>)[] = []

async function cache(): Promise<NonNullable<ConfigInput['caches']>[string]> {
  if (values.store === 'lmdb') {
    const path = await mkdtemp(join(tmpdir(), 'koa-scopes-connections-'))
    undo.push(() => rm(path, { recursive: true }))
    return { driver: 'lmdb', path, storage: true }
  }
  const server = await (values.store === 'postgres' ? anyPostgres() : anyRedis())
  undo.push(() => server.stop())
  return { driver: values.store, url: server.url, storage: true, prefix: `soak-${process.pid}-` }
}

async function node(store: Awaited<ReturnType<typeof cache>>) {
  const container = await createContainer(
    {
      server: { host: '127.0.0.1', port: 0 },
      caches: { store },
      applications: { shop: { session: { storage: 'store', cluster: true } } },
    },
    { applications: { shop: shop(sessionPages) }, logger: silentLogger },
  )
  undo.push(() => container.close())
  return container
}

/** Runs tasks, some at a time. */
async function all<T>(count: number, task: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  while (results.length < count) {
    const indexes = Array.from({ length: Math.min(width, count - results.length) }, (_, at) => results.length + at)
    results.push(...(await Promise.all(indexes.map(task))))
  }
  return results
}

try {
  const store = await cache()
  const [a, b] = [await node(store), await node(store)]
  const app = a.application<OpenScopes>('shop')
  const begin = async () => {
    const connection = await app.connect(upgradeRequest(), {
      open({ session }) {
        session.name = 'ada'
      },
    })
    connection.close()
    const [, line = ''] = connection.headers.find(([name]) => name === 'set-cookie') ?? []
    const visitor = new Visitor()
    visitor.cookies.set('shop_sid', line.slice('shop_sid='.length, line.indexOf(';')))
    return { id: connection.sessionId ?? '', visitor }
  }
  const sessions = await all(Math.max(Number(values.sockets), Number(values.connections)), begin)

  const before = heap()
  const cpuBefore = process.cpuUsage()
  const connections = await all(Number(values.connections), async (index) =>
    app.connect(upgradeRequest(sessions[index]?.visitor)),
  )
  const bytes = (heap() - before) / connections.length
  console.log(`${connections.length} connections: ${Math.round(bytes)} bytes of heap each`)
  const opened = process.cpuUsage(cpuBefore)
  console.log(`opening one: ${Math.round((opened.user + opened.system) / connections.length)} us of CPU`)
  const idleBefore = process.cpuUsage()
  const idleFrom = performance.now()
  await new Promise((resolve) => setTimeout(resolve, 5_000))
  const idle = process.cpuUsage(idleBefore)
  const share = (idle.user + idle.system) / 10 / (performance.now() - idleFrom)
  console.log(`idle for 5 s: ${share.toFixed(1)} % of a CPU`)
  for (const connection of connections) connection.close()

  const live = await webSockets<OpenScopes>(b, 'shop', { path: '/live' })
  const server = await b.listen()
  live.attach(server)
  const sockets = await all(Number(values.sockets), async (index) => {
    const cookie = `shop_sid=${sessions[index]?.visitor.cookies.get('shop_sid')}`
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/live`, { headers: { cookie } })
    await once(socket, 'open')
    return socket
  })
  console.log(`${sockets.length} sockets are open on node b`)
  const codes = sockets.map((socket) => once(socket, 'close').then(([code]) => [code, performance.now()] as const))
  const from = performance.now()
  await all(sockets.length, (index) => app.sessions.end(sessions[index]?.id ?? ''))
  const endedMs = performance.now() - from
  const closed = await Promise.all(codes)
  const lastMs = Math.max(...closed.map(([, at]) => at)) - from
  const wrong = closed.filter(([code]) => code !== 1008).length
  console.log(
    `all sessions ended on node a after ${Math.round(endedMs)} ms, all sockets closed after ${Math.round(lastMs)} ms`,
  )
  if (wrong > 0) console.error(`${wrong} sockets were closed with another code than 1008`)
  if (lastMs - endedMs > promisedMs) console.error(`that is more than the ${promisedMs} ms promised after the last end`)
  if (bytes > promisedBytes) console.error(`that is more than the ${promisedBytes} bytes promised for a connection`)
  if (wrong > 0 || lastMs - endedMs > promisedMs || bytes > promisedBytes) process.exitCode = 1
} finally {
  for (const step of undo.reverse()) await step()
}
