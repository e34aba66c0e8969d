import { randomUUID } from 'node:crypto'
import { test as base, describe } from 'vitest'
import type { ConfigInput } from '../../../src/config/load.js'
import { anyRedis, startRedisCluster } from '../../support/redis-server.js'
import type { ShopNode } from '../../support/shop-node.js'
import type { JournalEntry, ShopSetup } from '../../support/shop-server.js'
import { type Nodes, withNodes } from './nodes.js'

/** Each is an application of its own, so that the same processes serve them all. */
const modes = {
  together: { title: 'one Redis, cluster: true', storage: 'single', cluster: true },
  apart: { title: 'one Redis, cluster: false', storage: 'single', cluster: false },
  shardedTogether: { title: 'Redis Cluster, cluster: true', storage: 'sharded', cluster: true },
  shardedApart: { title: 'Redis Cluster, cluster: false', storage: 'sharded', cluster: false },
} as const
type Mode = keyof typeof modes

/** After this a node with `cluster: false` knows what others did. */
const longestSlack = 60_000

export const sessionsPerPrincipal = 3

/** One application on one node. */
export interface Shop extends Pick<ShopNode, 'hold' | 'kill' | 'stop'> {
  readonly url: string
}

/** One application on nodes that share a store. */
export class Shops {
  readonly a: Shop
  readonly b: Shop
  readonly c: Shop
  readonly #nodes: Nodes
  readonly #mode: Mode

  constructor(nodes: Nodes, mode: Mode) {
    this.a = shopOn(nodes.node(0), mode)
    this.b = shopOn(nodes.node(1), mode)
    this.c = shopOn(nodes.node(2), mode)
    this.#nodes = nodes
    this.#mode = mode
  }

  get three(): readonly [Shop, Shop, Shop] {
    return [this.a, this.b, this.c]
  }

  /** Another application in the same mode, in which logins beyond the limit are refused. */
  get refusing(): readonly Shop[] {
    return [0, 1, 2].map((index) => shopOn(this.#nodes.node(index), refusing(this.#mode)))
  }

  /** A further node, for a test to end. */
  async another(setup?: Partial<ShopSetup>): Promise<Shop> {
    return shopOn(await this.#nodes.start(setup), this.#mode)
  }

  /** Lets time pass in which nobody does anything. */
  skip(ms: number): Promise<void> {
    return this.#nodes.skip(ms)
  }

  /** Time enough for every node to learn what others did. */
  async learn(): Promise<void> {
    if (!modes[this.#mode].cluster) await this.skip(longestSlack)
  }

  /** The ends of sessions with this name, when there are so many. */
  endsOf(name: string, count = 1): Promise<JournalEntry[]> {
    return this.#nodes.journalHas(count, ({ application, data }) => application === this.#mode && data.name === name)
  }
}

const shopOn = (node: ShopNode, name: string): Shop => ({
  url: `${node.url}/${name}`,
  hold: () => node.hold(),
  kill: () => node.kill(),
  stop: () => node.stop(),
})

const test = base.extend<{ $file: { nodes: Nodes }; $test: { mode: Mode; shops: Shops } }>({
  nodes: [
    // biome-ignore lint/correctness/noEmptyPattern: Vitest wants a pattern
    async ({}, use) => {
      const [single, sharded] = await Promise.all([anyRedis(), startRedisCluster()])
      try {
        await withNodes(configOn(single.url, sharded.nodes), 3, use)
      } finally {
        await Promise.all([single.stop(), sharded.stop()])
      }
    },
    { scope: 'file' },
  ],
  mode: 'together',
  shops: ({ nodes, mode }, use) => use(new Shops(nodes, mode)),
})

const refusing = (mode: string) => `${mode}-refusing`

// biome-ignore lint/suspicious/noThenProperty: the word of the configuration
const refusedBeyond = (perPrincipal: number) => ({ perPrincipal, then: 'refuse' }) as const

function configOn(url: string, cluster: readonly string[]): ConfigInput {
  const store = { driver: 'redis', storage: true, prefix: `test-${randomUUID()}:` }
  const applications = Object.entries(modes).flatMap(([mode, { storage, cluster }]) => {
    const place = { storage, cluster }
    const limit = { perPrincipal: sessionsPerPrincipal }
    const refusal = refusedBeyond(sessionsPerPrincipal)
    return [
      [mode, { mount: `/${mode}`, session: { ...place, limit }, client: place }],
      [refusing(mode), { mount: `/${refusing(mode)}`, session: { ...place, limit: refusal } }],
    ]
  })
  return {
    caches: { single: { ...store, url }, sharded: { ...store, cluster } },
    applications: Object.fromEntries(applications),
  }
}

type Tests = (it: typeof test, cluster: boolean) => void

/** Describes what holds for three nodes on one Redis and on a Redis Cluster, in both modes. */
export const describeEverywhere = (tests: Tests) =>
  describeModes(['together', 'apart', 'shardedTogether', 'shardedApart'], tests)

export const describeOnOneRedis = (tests: Tests) => describeModes(['together', 'apart'], tests)

export const describeClustered = (tests: Tests) => describeModes(['together', 'shardedTogether'], tests)

export const describeMemoryFirst = (tests: Tests) => describeModes(['apart', 'shardedApart'], tests)

function describeModes(which: readonly Mode[], tests: Tests): void {
  for (const mode of which) {
    describe(modes[mode].title, () => {
      test.override({ mode })
      tests(test, modes[mode].cluster)
    })
  }
}
