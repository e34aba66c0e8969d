import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { CountingVisitors, countingPages } from '../support/counting-visitors.js'
import { type HazelcastCluster, startHazelcast } from '../support/hazelcast-members.js'
import { type StoreNode, storeNode } from '../support/lined-nodes.js'
import { chosenStore } from '../support/shared-on-demand.js'
import { sessionPages } from '../support/shop.js'
import { Visitor, visitorWith } from '../support/visitor.js'

const pages = { ...sessionPages, ...countingPages, '/plain': () => 'hello' }
const deadlineMs = 1_000
/** For what comes back when the members do. */
const patience = { timeout: 30_000, interval: 25 }

interface Reached {
  readonly name: string
  readonly addresses: readonly string[]
}

/** A node that knows these members of the cluster. */
async function nodeOn({ name, addresses }: Reached, cluster: boolean): Promise<StoreNode> {
  const node = await storeNode({
    cache: {
      driver: 'hazelcast',
      storage: true,
      clusterName: name,
      members: [...addresses],
      deadline: `${deadlineMs}ms`,
      prefix: `${cluster}:`,
    },
    pages,
    session: { cluster },
  })
  onTestFinished(() => node.stop())
  return node
}

const pairOn = (reached: Reached, cluster: boolean) => Promise.all([nodeOn(reached, cluster), nodeOn(reached, cluster)])

const statusOf = async (visitor: Visitor, { url }: StoreNode, path = '/read') => (await visitor.get(url, path)).status
const read = async (visitor: Visitor, { url }: StoreNode) => (await visitor.get(url, '/read')).json()

const both = [true, false] as const

/** Members take seconds to start: these tests run only where Hazelcast is the store that was asked for. */
describe.skipIf(chosenStore !== 'hazelcast')('two members with one backup (hazelcast, cluster: true and false)', () => {
  let cluster: HazelcastCluster
  beforeAll(async () => {
    cluster = await startHazelcast({ members: 2, later: 1 })
  }, 120_000)
  afterAll(() => cluster?.stop())

  /** Resolves when every session has its backup. */
  const safe = () => vi.waitFor(async () => expect(await cluster.members[0]?.isSafe()).toBe(true), patience)

  /** Two nodes in each mode, and visitors who count on them. */
  async function visited(reached: Reached) {
    return Promise.all(
      both.map(async (isClustered) => {
        const nodes = await pairOn(reached, isClustered)
        const visitors = new CountingVisitors(nodes)
        onTestFinished(() => visitors.end())
        await visitors.begin(!isClustered)
        return { nodes, visitors, isClustered }
      }),
    )
  }

  test('133. nodes that know one of them go on when it is killed, and nothing acknowledged is lost', {
    timeout: 180_000,
  }, async () => {
    await safe()
    const [first = ''] = cluster.addresses
    const worlds = await visited({ ...cluster, addresses: [first] })
    const bystanders = await Promise.all(
      worlds.map(async ({ nodes: [a, b] }) => {
        const visitor = await visitorWith(a.url, 'name=ada')
        expect(await read(visitor, b)).toEqual({ name: 'ada' })
        return visitor
      }),
    )
    await cluster.members.find(({ address }) => address === first)?.kill()
    for (const [n, { nodes, visitors }] of worlds.entries()) {
      const [a, b] = nodes
      const visitor = bystanders[n] as Visitor
      const before = visitor.clone()
      await vi.waitFor(async () => expect(await statusOf(visitor, a, '/end')).toBe(200), patience)
      await vi.waitFor(async () => expect(await read(before, b)).toEqual({}), patience)
      await visitors.goesOn(100)
    }
    for (const { nodes, visitors, isClustered } of worlds) {
      await visitors.end()
      expect(visitors.wrongs).toEqual([])
      const fresh = await nodeOn({ ...cluster, addresses: cluster.members.map(({ address }) => address) }, isClustered)
      for (const node of isClustered ? [...nodes, fresh] : [fresh])
        await vi.waitFor(async () => expect(await visitors.lostAt(node)).toEqual([]), patience)
    }
    await cluster.start(0)
  })

  test('134. nodes go on while all members are replaced one after the other, and nothing acknowledged is lost', {
    timeout: 240_000,
  }, async () => {
    await safe()
    const [first, second] = [...cluster.members]
    const worlds = await visited(cluster)
    const third = await cluster.start(2)
    for (const member of [first, second]) {
      await safe()
      await member?.kill()
      for (const { visitors } of worlds) await visitors.goesOn(100)
    }
    expect(cluster.members).toEqual([third])
    for (const { nodes, visitors, isClustered } of worlds) {
      await visitors.end()
      expect(visitors.wrongs).toEqual([])
      const fresh = await nodeOn({ ...cluster, addresses: [third.address] }, isClustered)
      for (const node of isClustered ? [...nodes, fresh] : [fresh])
        await vi.waitFor(async () => expect(await visitors.lostAt(node)).toEqual([]), patience)
    }
  })
})

// In Vitest, `skipIf` does not hold for a `for` behind it.
for (const cluster of both)
  describe.skipIf(chosenStore !== 'hazelcast')(`a single member (hazelcast, cluster: ${cluster})`, () => {
    test('135. that is not there when nodes start is waited for', { timeout: 120_000 }, async () => {
      const own = await startHazelcast({ members: 0, later: 1 })
      onTestFinished(() => own.stop())
      const [a, b] = await pairOn(own, cluster)
      const begun = new Visitor()
      expect(await statusOf(begun, a, '/plain')).toBe(200)
      expect(await statusOf(begun, a, '/write?name=ada')).toBe(cluster ? 503 : 200)
      expect(begun.cookies.size).toBe(cluster ? 0 : 1)
      await own.start(0)
      const late = new Visitor()
      await vi.waitFor(async () => expect(await statusOf(late, b, '/write?name=eve')).toBe(200), patience)
      await vi.waitFor(async () => expect(await read(late, a)).toEqual({ name: 'eve' }), patience)
      if (!cluster) await vi.waitFor(async () => expect(await read(begun, b)).toEqual({ name: 'ada' }), patience)
    })

    test('136. that is killed and started again has no sessions, and nodes go on with new ones', {
      timeout: 120_000,
    }, async () => {
      const own = await startHazelcast()
      onTestFinished(() => own.stop())
      const [a, b] = await pairOn(own, cluster)
      const visitor = await visitorWith(a.url, 'name=ada')
      const id = (await visitor.get(a.url, '/id')).json()
      const lost: unknown[] = []
      a.app.events.on('scope:lost', (what) => void lost.push(what))
      await own.members[0]?.kill()
      const whileDown = await visitor.get(a.url, '/write?city=london')
      expect(whileDown).toMatchObject({ status: cluster ? 503 : 200, setCookie: [] })
      expect(await statusOf(visitor, b)).toBe(503)
      await own.start(0)
      for (const { url } of [b, a]) {
        const isGone = { status: 200, setCookie: [], text: '{}' }
        await vi.waitFor(async () => expect(await visitor.get(url, '/read')).toMatchObject(isGone), patience)
      }
      expect(lost).toEqual(cluster ? [] : [{ scope: 'session', id }])
      const fresh = new Visitor()
      expect(await statusOf(fresh, a, '/write?name=eve')).toBe(200)
      expect(await read(fresh, b)).toEqual({ name: 'eve' })
    })

    test('137. that is suspended ends requests at their deadline, and is used again afterwards', {
      timeout: 120_000,
    }, async () => {
      const own = await startHazelcast()
      onTestFinished(() => own.stop())
      const [a, b] = await pairOn(own, cluster)
      const visitor = await visitorWith(a.url, 'name=ada')
      const pid = own.members[0]?.pid ?? 0
      process.kill(pid, 'SIGSTOP')
      try {
        const begin = performance.now()
        const asked = statusOf(visitor, b)
        expect(await statusOf(new Visitor(), b, '/plain')).toBe(200)
        expect(await asked).toBe(503)
        expect(performance.now() - begin).toBeGreaterThan(deadlineMs * 0.9)
        expect(performance.now() - begin).toBeLessThan(deadlineMs * 4)
      } finally {
        process.kill(pid, 'SIGCONT')
      }
      await vi.waitFor(async () => expect(await statusOf(visitor, b)).toBe(200), patience)
      expect(await read(visitor, b)).toEqual({ name: 'ada' })
    })
  })
