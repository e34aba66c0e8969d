import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { attributes, type TestSpace } from '../../src/testing/suite/test-space.js'
import { type RedisServer, redisCli, startRedis, startRedisCluster, startSentinel } from '../support/redis-server.js'
import { emptySpace } from './redis-fixture.js'

/** A new replica need not wait for others to join it. */
const atOnce = { 'repl-diskless-sync-delay': '0' }

const soon = { interval: 10, timeout: 15_000 }

async function serverFor(settings: Readonly<Record<string, string>> = {}): Promise<RedisServer> {
  const server = await startRedis(settings)
  onTestFinished(() => server.stop())
  return server
}

async function inSync(replica: number): Promise<void> {
  await vi.waitFor(async () => expect(await redisCli(replica, 'info', 'replication')).toContain('link_status:up'), soon)
}

/** The replica has what the master has. `WAIT` would tell it of the writes of its own connection only. */
async function caughtUp(replica: number, master: number): Promise<void> {
  const offsetOf = async (port: number) =>
    /master_repl_offset:(\d+)/.exec(await redisCli(port, 'info', 'replication'))?.[1]
  await vi.waitFor(async () => expect(await offsetOf(replica)).toBe(await offsetOf(master)), soon)
}

/** Who does not know the replica does not vote for it. */
async function knowsReplica(port: number, ofMaster: string): Promise<void> {
  expect(await redisCli(port, 'cluster', 'nodes')).toContain(`slave ${ofMaster}`)
}

/** Saves again and again, one after the other, until told to stop. What was acknowledged must be there exactly once. */
class Writer {
  readonly acknowledged: string[] = []
  readonly failures = new Set<string>()
  readonly #space: TestSpace
  readonly #id: string
  readonly #done: Promise<void>
  #goesOn = true
  #uncertain = 0

  constructor(space: TestSpace, id: string) {
    this.#space = space
    this.#id = id
    this.#done = this.#run()
  }

  async stop(): Promise<void> {
    this.#goesOn = false
    await this.#done
  }

  /** Every save also counts one hit, so that one that was applied twice or against its word would show. */
  async check(): Promise<void> {
    const { attributes, hits } = await this.#space.stored(this.#id)
    for (const name of this.acknowledged) expect(attributes.has(name)).toBe(true)
    expect(hits).toBeGreaterThanOrEqual(this.acknowledged.length)
    expect(hits).toBeLessThanOrEqual(this.acknowledged.length + this.#uncertain)
    expect(attributes.size).toBe(hits)
  }

  async #run(): Promise<void> {
    for (let n = 0; this.#goesOn; n += 1) {
      const change = { set: attributes({ [`${n}`]: 'x' }), touch: { touchedAt: this.#space.now, hits: 1 } }
      try {
        await this.#space.update(this.#id, change)
        this.acknowledged.push(`${n}`)
      } catch (error) {
        this.#fail(error as { code: string })
      }
    }
  }

  #fail({ code }: { code: string }): void {
    this.failures.add(code)
    if (code === 'STORAGE_UNANSWERED') this.#uncertain += 1
  }
}

const certainty = ['STORAGE_UNAVAILABLE', 'STORAGE_UNANSWERED']

/** As `redis-cli --cluster reshard` does, key by key, to the next of the nodes. */
async function moveOn(slot: string, ports: readonly number[]): Promise<void> {
  const shares = await Promise.all(ports.map((port) => redisCli(port, 'cluster', 'countkeysinslot', slot)))
  const place = shares.findIndex((count) => count !== '0')
  const [from = 0, to = 0] = [ports[place], ports[(place + 1) % ports.length]]
  const [source, target] = [await redisCli(from, 'cluster', 'myid'), await redisCli(to, 'cluster', 'myid')]
  await redisCli(to, 'cluster', 'setslot', slot, 'importing', source)
  await redisCli(from, 'cluster', 'setslot', slot, 'migrating', target)
  for (;;) {
    const [key] = (await redisCli(from, 'cluster', 'getkeysinslot', slot, '1')).split('\n')
    if (!key) break
    await redisCli(from, 'migrate', '127.0.0.1', `${to}`, key, '0', '5000')
  }
  for (const port of [to, from, ...ports]) await redisCli(port, 'cluster', 'setslot', slot, 'node', target)
}

describe('a failover behind Sentinel', () => {
  it('is followed without a restart when the master dies', async () => {
    const master = await startRedis(atOnce)
    const replica = await serverFor()
    await redisCli(replica.port, 'replicaof', '127.0.0.1', `${master.port}`)
    await inSync(replica.port)
    const sentinel = await startSentinel(master)
    onTestFinished(() => sentinel.stop())
    await vi.waitFor(
      async () => expect(await redisCli(sentinel.port, 'sentinel', 'replicas', 'shop')).toContain(`${replica.port}`),
      soon,
    )
    const space = await emptySpace({ sentinel: { name: 'shop', nodes: [`127.0.0.1:${sentinel.port}`] } })
    await space.create('a', { version: 'v1' })
    await caughtUp(replica.port, master.port)
    await master.stop()
    await redisCli(sentinel.port, 'sentinel', 'set', 'shop', 'down-after-milliseconds', '200')
    await expect(space.load('a')).rejects.toMatchObject({ code: expect.stringMatching(certainty.join('|')) })
    await vi.waitFor(() => space.update('a', { ifVersion: 'v1', version: 'v2' }), soon)
    expect(await space.stored('a')).toMatchObject({ version: 'v2' })
  })
})

describe('a failover in a cluster', () => {
  it('is followed without a restart when a master dies', async () => {
    const { nodes, stop } = await startRedisCluster()
    onTestFinished(stop)
    const ports = nodes.map((node) => Number(node.split(':')[1]))
    const replica = await serverFor({ 'cluster-enabled': 'yes' })
    const [dying = 0] = ports
    for (const port of [...ports, replica.port]) await redisCli(port, 'config', 'set', 'cluster-node-timeout', '500')
    await redisCli(dying, 'config', 'set', ...Object.entries(atOnce).flat())
    const idOfDying = await redisCli(dying, 'cluster', 'myid')
    await redisCli(replica.port, 'cluster', 'meet', '127.0.0.1', `${dying}`)
    await vi.waitFor(() => redisCli(replica.port, 'cluster', 'replicate', idOfDying), soon)
    await inSync(replica.port)
    for (const port of [...ports, replica.port]) await vi.waitFor(() => knowsReplica(port, idOfDying), soon)

    const space = await emptySpace({ cluster: nodes, buckets: 16 })
    const ids = Array.from({ length: 60 }, (_, n) => `id-${n}`)
    await Promise.all(ids.map((id) => space.create(id, { version: 'v1' })))
    await caughtUp(replica.port, dying)
    await redisCli(dying, 'shutdown', 'nosave', 'now', 'force').catch(() => {}) // it ends without an answer
    const results = await Promise.allSettled(ids.map((id) => space.load(id)))
    for (const result of results) if (result.status === 'rejected') expect(certainty).toContain(result.reason.code)
    await vi.waitFor(() => Promise.all(ids.map((id) => space.load(id))), soon)
    for (const id of ids) expect(await space.update(id, { version: 'v2' })).toEqual({ status: 'saved', previous: 'v1' })
  })
})

describe('a slot of a cluster that moves', () => {
  it('loses no save and applies none twice', async () => {
    const { nodes, stop } = await startRedisCluster()
    onTestFinished(stop)
    const ports = nodes.map((node) => Number(node.split(':')[1]))
    const space = await emptySpace({ cluster: nodes, buckets: 1, prefix: 'moved:' })
    const ids = Array.from({ length: 8 }, (_, n) => `id-${n}`)
    for (const id of ids) await space.create(id)
    const writers = ids.map((id) => new Writer(space, id))
    const slot = await redisCli(ports[0] ?? 0, 'cluster', 'keyslot', '{moved:shop:session:0}')
    for (let n = 0; n < 3; n += 1) await moveOn(slot, ports)
    await Promise.all(writers.map((writer) => writer.stop()))
    for (const writer of writers) {
      await writer.check()
      expect(writer.acknowledged.length).toBeGreaterThan(10)
      expect([...writer.failures].filter((code) => code !== 'STORAGE_UNAVAILABLE')).toEqual([])
    }
  })
})
