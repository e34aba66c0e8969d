import { describe, expect, onTestFinished, test } from 'vitest'
import { type LinedNodes, linedNodes } from '../support/lined-nodes.js'
import { type RedisServer, redisCli, startRedis } from '../support/redis-server.js'
import { sessionPages } from '../support/shop.js'
import { type Visitor, visitorWith } from '../support/visitor.js'

interface Pair {
  readonly nodes: LinedNodes
  /** What the master does from now on does not reach the replica. */
  part(): Promise<unknown>
  /** The replica takes over, for the node with the line. */
  failOver(): void
}

/** A master and a replica, and nodes on the master. */
async function pair(cluster: boolean): Promise<Pair> {
  const master = await startRedis({ 'repl-diskless-sync-delay': '0' })
  const replica = await startRedis({ replicaof: `127.0.0.1 ${master.port}` })
  const nodes = await linedNodes(master.port, { pages: sessionPages, session: { cluster } })
  onTestFinished(async () => {
    await nodes.stop()
    await Promise.all([master.stop(), replica.stop()])
  })
  return {
    nodes,
    async part() {
      await inStep(master)
      await redisCli(replica.port, 'replicaof', 'no', 'one')
    },
    failOver: () => nodes.proxy.redirect(replica.port),
  }
}

/** The replica has everything that its master has acknowledged so far. */
async function inStep({ port }: RedisServer): Promise<void> {
  for (;;) {
    const info = await redisCli(port, 'info', 'replication')
    const [, has] = /slave0:.*state=online,offset=(\d+)/.exec(info) ?? []
    const [, sent] = /master_repl_offset:(\d+)/.exec(info) ?? []
    if (has !== undefined && has === sent) return
  }
}

const read = async (visitor: Visitor, { url }: { readonly url: string }) => {
  const answer = await visitor.get(url, '/read')
  return answer.status === 200 ? answer.json() : answer.status
}

describe('46. a failover that loses what was acknowledged', () => {
  for (const cluster of [true, false])
    test(`a node that holds it shows what the store has, cluster: ${cluster}`, async () => {
      const { nodes, part, failOver } = await pair(cluster)
      const visitor = await visitorWith(nodes.lined.url, 'kept=1')
      await part()
      await visitor.get(nodes.lined.url, '/write?lost=1')
      expect(await read(visitor, nodes.lined)).toEqual({ kept: '1', lost: '1' })
      failOver()
      if (!cluster)
        await expect.poll(async () => (await visitor.get(nodes.lined.url, '/write?next=1')).status).toBe(200)
      const expected = cluster ? { kept: '1' } : { kept: '1', next: '1' }
      await expect.poll(() => read(visitor, nodes.lined), { interval: 20, timeout: 5_000 }).toEqual(expected)
    })
})
