import { afterAll, describe, expect, onTestFinished, test as plainTest } from 'vitest'
import { type LinedNodes, linedNodes, redisNode } from '../support/lined-nodes.js'
import { startRedis } from '../support/redis-server.js'
import { sessionPages } from '../support/shop.js'
import { TcpProxy } from '../support/tcp-proxy.js'
import { TravellingClock } from '../support/travelling-clock.js'
import { type Answer, Visitor, visitorWith } from '../support/visitor.js'

const redis = await startRedis()
afterAll(() => redis.stop())

const pages = { ...sessionPages, '/plain': () => 'hello' }
const deadlineMs = 500
/** What a busy machine may add. */
const toleranceMs = 1_000

const test = plainTest.extend<{ nodes: LinedNodes }>({
  // biome-ignore lint/correctness/noEmptyPattern: Vitest asks for a pattern
  nodes: async ({}, use) => {
    const nodes = await linedNodes(redis.port, { pages, deadline: `${deadlineMs}ms` })
    await use(nodes)
    await nodes.stop()
  },
})

async function timed(request: Promise<Answer>): Promise<{ readonly status: number; readonly ms: number }> {
  const start = performance.now()
  const { status } = await request
  return { status, ms: performance.now() - start }
}

/** At the deadline; there may be reasons to end before. */
async function expectEndsInTime(request: Promise<Answer>): Promise<number> {
  const { status, ms } = await timed(request)
  expect(status).toBe(503)
  expect(ms).toBeLessThan(deadlineMs + toleranceMs)
  return ms
}

async function expectEndsAtDeadline(request: Promise<Answer>): Promise<void> {
  expect(await expectEndsInTime(request)).toBeGreaterThan(deadlineMs * 0.9)
}

const read = async (visitor: Visitor, { url }: { readonly url: string }) => (await visitor.get(url, '/read')).json()

describe('45. a Redis that stands still', () => {
  test('ends requests at the deadline, blocks nobody else, and applies nothing late', async ({ nodes }) => {
    const { lined } = nodes
    const visitors = await Promise.all([1, 2, 3].map(() => visitorWith(lined.url, 'name=ada')))
    await visitors[0]?.get(lined.url, '/write?warm=1')
    process.kill(redis.pid, 'SIGSTOP')
    try {
      const late = visitors.map((visitor) => expectEndsAtDeadline(visitor.get(lined.url, '/write?late=1')))
      const begun = visitorWith(lined.url, 'late=1')
      expect(await Promise.race([new Visitor().get(lined.url, '/plain'), ...late, begun])).toMatchObject({
        status: 200,
      })
      await Promise.all(late)
      expect((await begun).cookies.size).toBe(0)
    } finally {
      process.kill(redis.pid, 'SIGCONT')
    }
    for (const visitor of visitors) {
      await expect.poll(async () => (await visitor.get(lined.url, '/read')).status, { interval: 20 }).toBe(200)
      expect(await read(visitor, lined)).not.toHaveProperty('late')
    }
  })
})

describe('45. a line to Redis', () => {
  test('that is slow slows down the requests that need it, each on its own', async ({ nodes }) => {
    const { lined, proxy } = nodes
    const visitors = await Promise.all([1, 2, 3, 4].map(() => visitorWith(lined.url, 'name=ada')))
    proxy.delay(30)
    const times = await Promise.all(visitors.map((visitor) => timed(visitor.get(lined.url, '/write?slow=1'))))
    for (const { status, ms } of times) {
      expect(status).toBe(200)
      expect(ms).toBeGreaterThan(119) // there and back, twice
      expect(ms).toBeLessThan(2 * deadlineMs)
    }
  })

  test('that is slower than the deadline ends them there', async ({ nodes }) => {
    const { lined, proxy } = nodes
    const visitor = await visitorWith(lined.url, 'name=ada')
    proxy.delay(deadlineMs)
    await expectEndsAtDeadline(visitor.get(lined.url, '/read'))
    proxy.heal()
    await expect.poll(() => read(visitor, lined), { interval: 20 }).toEqual({ name: 'ada' })
  })

  test('that loses the answer to a save for longer than the deadline: uncertain', async ({ nodes }) => {
    const { lined, other, proxy } = nodes
    const visitor = await visitorWith(lined.url, 'name=ada')
    await visitor.get(lined.url, '/write?warm=1')
    const reply = proxy.catchReply('parcel')
    await expectEndsAtDeadline(visitor.get(lined.url, '/write?parcel=1'))
    expect(lined.errors).toEqual(['SAVE_UNCERTAIN'])
    expect(await read(visitor, other)).toMatchObject({ parcel: '1' })
    reply.cut()
  })

  test('into a black hole, when it has to be made anew, ends them there or before, until it is out of it', async ({
    nodes,
  }) => {
    const { lined, other, proxy } = nodes
    const visitor = await visitorWith(lined.url, 'name=ada')
    proxy.blackhole()
    proxy.cut()
    for (const path of ['/read', '/write?late=1']) await expectEndsInTime(visitor.get(lined.url, path))
    expect((await new Visitor().get(lined.url, '/plain')).status).toBe(200)
    proxy.heal()
    await expect
      .poll(async () => (await visitor.get(lined.url, '/read')).status, { interval: 20, timeout: 5_000 })
      .toBe(200)
    expect(await read(visitor, other)).toEqual({ name: 'ada' })
  })

  plainTest(
    'into a black hole from the start: the node starts, answers 503, and serves when it is out of it',
    async () => {
      const proxy = await TcpProxy.to(redis.port)
      proxy.blackhole()
      const node = await redisNode({ redis: { port: proxy.port }, pages, deadline: `${deadlineMs}ms` })
      onTestFinished(async () => {
        proxy.heal()
        await node.stop()
        await proxy.close()
      })
      const refused = await timed(new Visitor().get(node.url, '/write?name=ada'))
      expect(refused).toMatchObject({ status: 503 })
      expect(refused.ms).toBeLessThan(deadlineMs + toleranceMs)
      expect((await new Visitor().get(node.url, '/plain')).status).toBe(200)
      proxy.heal()
      const begun = async () => (await visitorWith(node.url, 'name=ada')).cookies.size
      await expect.poll(begun, { interval: 20, timeout: 10_000 }).toBe(1)
      await node.stop()
      await proxy.close()
    },
  )
})

describe('nodes whose clocks are five minutes wrong', () => {
  const minute = 60_000

  plainTest('end nobody early', async () => {
    const clocks = [-5 * minute, 0, 5 * minute].map((ms) => new TravellingClock(ms))
    const options = { redis: { port: redis.port, prefix: 'clocks:' }, pages, session: { timeout: '1m' as const } }
    const nodes = await Promise.all(clocks.map((clock) => redisNode({ ...options, clock })))
    onTestFinished(async () => void (await Promise.all(nodes.map((node) => node.stop()))))
    const visitors = await Promise.all(nodes.map(({ url }) => visitorWith(url, 'name=ada')))
    const ended: unknown[] = []
    for (const { app } of nodes) app.events.on('session:end', (end) => void ended.push(end))

    for (const clock of clocks) clock.advance(2_000) // every reaper looks for what has ended
    for (const visitor of visitors) for (const node of nodes) expect(await read(visitor, node)).toEqual({ name: 'ada' })
    expect(ended).toEqual([])
  })
})
