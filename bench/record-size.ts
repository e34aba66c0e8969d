/*
 * Measures the bytes of a session in Redis, and in the memory of a node that holds it. Prints a Markdown table. It uses the
 * Redis that REDIS_URL names and leaves nothing there, or starts its own.
 * Run: npm run bench:record-size
 */
import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Redis } from 'ioredis'
import { type Container, createContainer, defineApplication, silentLogger } from 'koa-scopes'
import { anyRedis } from '../test/support/redis-server.js'

const records = 1_500
const connections = 8
const shapes = [
  { bytes: 512, attributes: 1 },
  { bytes: 512, attributes: 5 },
  { bytes: 2_048, attributes: 1 },
  { bytes: 2_048, attributes: 10 },
  { bytes: 20_480, attributes: 1 },
  { bytes: 20_480, attributes: 10 },
  { bytes: 20_480, attributes: 50 },
]

type Shape = (typeof shapes)[number]

/** One visitor's session; the cookie names it. */
interface Session {
  cookie?: string
}

interface NodeOptions {
  readonly shape: Shape
  readonly cluster: boolean
}

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')
const agent = new Agent({ keepAlive: true, maxSockets: connections })
const redis = await anyRedis()
const prefix = `bench:${randomUUID()}:`

try {
  console.log('| session | attributes | names and JSON | in Redis | in a node, `cluster: true` | `cluster: false` |')
  console.log('|---|---|---|---|---|---|')
  for (const shape of shapes) console.log(`| ${(await rowOf(shape)).join(' | ')} |`)
} finally {
  agent.destroy()
  await removeKeys()
  await redis.stop()
}

async function rowOf(shape: Shape): Promise<(string | number)[]> {
  const sessions: Session[] = Array.from({ length: records }, () => ({}))
  const inRedis = await withNode({ shape, cluster: true }, (node, url) =>
    growth(
      () => usedByRedis(node),
      () => visitAll(sessions, url, '/fill'),
    ),
  )
  const inNode = (cluster: boolean) =>
    withNode({ shape, cluster }, async (_, url) => {
      await visit({}, url, '/read') // objects made by the first request do not belong to a session
      return growth(usedByProcess, () => visitAll(sessions, url, '/read'))
    })
  const raw = Object.entries(contentOf(shape)).reduce((sum, [name, value]) => sum + name.length + value.length + 2, 0)
  return [`${shape.bytes / 1024} KB`, shape.attributes, raw, inRedis, await inNode(true), await inNode(false)]
}

function contentOf({ attributes, bytes }: Shape): Record<string, string> {
  const name = (n: number) => `attribute${n}`
  const value = 'x'.repeat(bytes / attributes - name(0).length - 2)
  return Object.fromEntries(Array.from({ length: attributes }, (_, n) => [name(n), value]))
}

/** `/fill` makes a session of this shape; `/read` reads all of it. */
function applicationOf(shape: Shape) {
  return defineApplication<{ session: Record<string, string> }>({
    setup(app) {
      app.use((ctx) => {
        if (ctx.path === '/fill') Object.assign(ctx.session, contentOf(shape))
        ctx.body = String(Object.values(ctx.session).length)
      })
    },
  })
}

/** Nodes with the same shape share their sessions. */
async function withNode<T>(
  { shape, cluster }: NodeOptions,
  use: (node: Container, url: string) => Promise<T>,
): Promise<T> {
  const name = `session-${shape.bytes}-${shape.attributes}`
  const session = { storage: 'shared', cluster, memory: '1gb' } as const
  const caches = { shared: { driver: 'redis', url: redis.url, prefix, storage: true } }
  const config = { server: { port: 0 }, caches, applications: { [name]: { session } } }
  const node = await createContainer(config, {
    applications: { [name]: applicationOf(shape) },
    logger: silentLogger,
  })
  try {
    const { url } = await node.listen()
    return await use(node, url)
  } finally {
    await node.close()
  }
}

async function removeKeys(): Promise<void> {
  const client = new Redis(redis.url)
  for await (const keys of client.scanStream({ match: `*${prefix}*`, count: 1_000 }))
    if (keys.length > 0) await client.unlink(keys)
  client.disconnect()
}

/** Growth of `used`, in bytes per record, while `run` runs. */
async function growth(used: () => number | Promise<number>, run: () => Promise<void>): Promise<number> {
  const before = await used()
  await run()
  return Math.round(((await used()) - before) / records)
}

async function usedByRedis(node: Container): Promise<number> {
  const health = (await node.health()).caches.shared
  if (health?.status !== 'up') throw health?.error ?? new Error('There is no cache')
  return Number(health.details.usedMemory)
}

/** Memory outside of the heap is released some time after the garbage collection that found it unused. */
async function usedByProcess(): Promise<number> {
  for (let round = 0; round < 5; round += 1) {
    collectGarbage()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const { external, heapUsed } = process.memoryUsage()
  return heapUsed + external
}

async function visitAll(sessions: readonly Session[], url: string, path: string): Promise<void> {
  const waiting = sessions.values()
  const lane = async () => {
    for (const session of waiting) await visit(session, url, path)
  }
  await Promise.all(Array.from({ length: connections }, lane))
}

function visit(session: Session, url: string, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = session.cookie === undefined ? {} : { cookie: session.cookie }
    const sent = request(url + path, { agent, headers }, (response) => {
      const [cookie] = response.headers['set-cookie'] ?? []
      if (cookie !== undefined) session.cookie = cookie.slice(0, cookie.indexOf(';'))
      if (response.statusCode !== 200) reject(new Error(`${path} was answered with ${response.statusCode}`))
      response.resume().once('end', resolve)
    })
    sent.once('error', reject)
    sent.end()
  })
}
