import { setTimeout as pause } from 'node:timers/promises'
import { redisCli } from '../support/redis-server.js'
import { Canary } from './canary.js'
import type { Forgotten } from './checker.js'
import type { Operation } from './operation.js'
import { oneOf } from './random.js'
import { clusteredRedis } from './redis-cluster.js'
import type { RedisProcess } from './redis-process.js'
import { sentinelRedis } from './redis-sentinel.js'
import { type Replicated, singleRedis, type Topology } from './topology.js'
import { deadlineMs, type World } from './world.js'

/** Something that goes wrong, and ends. */
export interface Fault<T extends Topology> {
  readonly title: string
  /** What goes on all the while. */
  readonly spared: readonly Operation['kind'][]
  /** Where it can happen. */
  start(): Promise<T>
  /** Resolves when it has healed. */
  strike(world: World<T>, random: () => number): Promise<Healed>
}

export interface Healed {
  /** By `performance.now()`. */
  readonly at: number
  readonly forgotten?: Forgotten
}

const strikeMs = 1_300

const onSingle = (
  title: string,
  strike: (world: World, random: () => number) => Promise<unknown>,
  spared: Fault<Topology>['spared'] = [],
): Fault<Topology> => ({
  title,
  spared,
  start: singleRedis,
  async strike(world, random) {
    await strike(world, random)
    return { at: performance.now() }
  },
})

/** Of a Redis that is one server, with a proxy before each node. */
export const onOneServer = {
  'cut-reply': onSingle('replies cut in the middle, again and again', ({ proxies }, random) =>
    repeatedly(100, async () =>
      oneOf(proxies, random)
        .catchReply('evalsha')
        .cut(1 + Math.floor(random() * 20)),
    ),
  ),
  cut: onSingle('all connections cut, again and again', ({ proxies }) =>
    repeatedly(300, async () => {
      for (const proxy of proxies) proxy.cut()
    }),
  ),
  delay: onSingle('slow lines, one of them slower than the deadline', async ({ proxies: [a, b, c] }) => {
    a?.delay(50)
    b?.delay(100)
    c?.delay(deadlineMs)
    await pause(strikeMs)
    for (const proxy of [a, b, c]) proxy?.heal()
  }),
  blackhole: onSingle('lines that hold back everything, and deliver it late', async ({ proxies }) => {
    for (const proxy of proxies) proxy.blackhole()
    await pause(strikeMs)
    for (const proxy of proxies) proxy.heal()
  }),
  stop: onSingle('Redis is suspended (SIGSTOP, SIGCONT)', async (world) => {
    serverOf(world).pause()
    await pause(strikeMs)
    serverOf(world).resume()
  }),
  kill: onSingle('Redis is killed (SIGKILL) and started again', async (world) => {
    await serverOf(world).kill()
    await pause(500)
    await serverOf(world).start()
  }),
  'script-flush': onSingle(
    'SCRIPT FLUSH, again and again',
    (world) => repeatedly(100, () => redisCli(serverOf(world).port, 'script', 'flush')),
    ['begin', 'write', 'read', 'login', 'rotate', 'logout'],
  ),
  full: onSingle(
    'maxmemory is reached',
    async (world) => {
      const { port } = serverOf(world)
      await redisCli(port, 'config', 'set', 'maxmemory', '1')
      await pause(strikeMs)
      await redisCli(port, 'config', 'set', 'maxmemory', '0')
    },
    ['read', 'logout'],
  ),
  'node-kill': onSingle('a node is killed (SIGKILL) and started again', async (world, random) => {
    const node = Math.floor(random() * world.urls.length)
    await world.killNode(node)
    await pause(500)
    await world.startNode(node)
  }),
} satisfies Record<string, Fault<Topology>>

const onReplicated = (title: string, start: () => Promise<Replicated>): Fault<Replicated> => ({
  title,
  spared: [],
  start,
  async strike({ redis }, random) {
    const { master, key, successor } = await redis.victim(random)
    const canary = new Canary(master, key)
    await canary.start()
    await pause(random() * 200)
    await master.kill()
    const heir = await successor()
    const at = performance.now()
    const forgotten = await canary.forgottenBy(heir)
    await master.start()
    return { at, forgotten }
  },
})

/** Of a Redis of several servers; healed when another one has taken over. */
export const failovers = {
  'cluster-failover': onReplicated('Cluster: a master is killed (SIGKILL), its replica takes over', clusteredRedis),
  'sentinel-failover': onReplicated('Sentinel: the master is killed (SIGKILL), its replica takes over', sentinelRedis),
} satisfies Record<string, Fault<Replicated>>

async function repeatedly(everyMs: number, act: () => Promise<unknown>): Promise<void> {
  for (let left = strikeMs; left > 0; left -= everyMs) {
    await act()
    await pause(everyMs)
  }
}

function serverOf({ redis }: World): RedisProcess {
  const [server] = redis.servers
  if (!server) throw new RangeError('There is no server')
  return server
}
