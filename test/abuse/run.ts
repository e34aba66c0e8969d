import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import type { ConfigInput } from '../../src/config/load.js'
import { randomFrom } from '../faults/random.js'
import { type CacheInput, withDurableCache } from '../support/durable-cache.js'
import { forkProgram } from '../support/program.js'
import { ShopNode } from '../support/shop-node.js'
import type { Orders, Report } from './attackers.js'
import { attacks as attacksByKind } from './attacks.js'
import type { History, Phase, Visit } from './history.js'
import { HonestVisitor } from './honest-visitor.js'

export type StoreName = 'memory' | 'lmdb' | 'redis'

export interface Abuse {
  readonly store: StoreName
  /** A quarter of it is quiet. */
  readonly seconds: number
  readonly seed: number
  /** Their kinds; by default all. */
  readonly attacks?: readonly string[]
}

const visitorCount = 50
const mb = 2 ** 20
const kb = 2 ** 10
/** Small, so that a short run meets every limit. */
const limits = { memory: 4 * mb, maxSize: 256 * kb, maxBytes: 8 * mb }
/** What a response under way takes besides its record: sockets, buffers, the request. The runtime itself grows too. */
const perStream = 48 * kb
const runtimeGrowth = 24 * mb

const program = new URL('abuse-server.ts', import.meta.url)
const attackers = new URL('attackers.ts', import.meta.url)

/** Lets honest visitors and then attackers come to one node; what they wrote down. */
export const abuse = (plan: Abuse): Promise<History> =>
  withStore(plan, async (cache) => {
    const node = await ShopNode.start({ name: 'node', config: configOf(cache, plan) }, program)
    try {
      const seen = await siege(node.url, plan)
      return { store: plan.store, ...seen, exit: await node.stop() }
    } finally {
      await node.kill()
    }
  })

async function siege(
  url: string,
  { attacks: kinds = Object.keys(attacksByKind), seconds, seed, store }: Abuse,
): Promise<Omit<History, 'store' | 'exit'>> {
  const visits: Visit[] = []
  let phase: Phase = 'quiet'
  let isOver = false
  const honest = Array.from(
    { length: visitorCount },
    (_, n) => new HonestVisitor(`v${n}`, url, randomFrom(seed * visitorCount + n), (visit) => visits.push(visit)),
  )
  for (const visitor of honest) await visitor.begin()
  const visiting = honest.map((visitor) =>
    visitor.visit(
      () => phase,
      () => isOver,
    ),
  )
  await pause(seconds * 250)
  const quiet = await memoryOf(url)
  phase = 'abuse'
  const orders = { url, seed, ids: honest.map(({ id }) => id), seconds: seconds * 0.75, kinds }
  const { attacks, leave } = await attack(orders)
  isOver = true
  await Promise.all(visiting)
  const abused = await memoryOf(url)
  await leave()
  return { visits, attacks, memory: { quiet, abused, growth: growthOf(store, attacks) } }
}

/** Resolves when they have stopped; they stay connected until they are told to leave. */
async function attack(orders: Orders): Promise<{ readonly attacks: Report; leave(): Promise<void> }> {
  const child = forkProgram(attackers, [JSON.stringify(orders)])
  const ended = once(child, 'exit')
  const failed = ended.then(([code]) => {
    throw new Error(`The attackers ended with ${code}`)
  })
  failed.catch(() => {}) // after the report this is how they leave
  const [attacks] = (await Promise.race([once(child, 'message'), failed])) as [Report]
  const leave = async () => {
    child.send('leave')
    await ended
  }
  return { attacks, leave }
}

/** Without garbage. */
const memoryOf = async (url: string): Promise<number> => Number(await (await fetch(`${url}/memory`)).text())

/** What the configuration lets the node hold, for each of the two scopes and in the cache, and what responses under way take. */
function growthOf(store: StoreName, attacks: Report): number {
  const streams = attacks.find(({ kind }) => kind === 'streams')?.answers[200] ?? 0
  return 2 * limits.memory + (store === 'memory' ? limits.maxBytes : 0) + streams * perStream + runtimeGrowth
}

const withStore = <T>({ store }: Abuse, use: (cache: CacheInput) => Promise<T>): Promise<T> =>
  store === 'memory'
    ? use({ driver: 'memory', storage: true, maxBytes: limits.maxBytes, maxEntries: 1_000 })
    : withDurableCache(store, use)

function configOf(cache: CacheInput, { store }: Abuse): ConfigInput {
  const { maxSize, memory } = limits
  const scope = { storage: 'store', cluster: store === 'redis', memory, maxSize, firstTimeout: '2s' } as const
  return {
    server: { port: 0 },
    caches: { store: cache },
    applications: { shop: { session: scope, client: scope, scopeless: ['/memory'] } },
  }
}
