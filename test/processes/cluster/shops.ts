import { describe } from 'vitest'
import type { ShopNode } from '../../support/shop-node.js'
import type { JournalEntry } from '../../support/shop-server.js'
import { allModes, applicationsIn, type Mode, modes } from './modes.js'
import type { Nodes } from './nodes.js'
import { nodesTest } from './nodes-test.js'

export const minute = 60_000

export const timeout = 4 * minute
export const lifetime = 16 * minute
/** By which the clocks of nodes may differ. */
export const skew = 1_000
/** So long a node with `cluster: false` may not know what others did. Shorter than the lease of an end under way. */
export const slack = timeout / 10 + skew

export const sessionsPerPrincipal = 3
// biome-ignore lint/suspicious/noThenProperty: the word of the configuration
const refused = { perPrincipal: sessionsPerPrincipal, then: 'refuse' } as const

/** Two differ by case, and one begins with another. */
export const alike = ['copy', 'COPY', 'copyist'] as const

/** The applications in each mode, and what they say of their sessions. */
const kinds = {
  plain: { timeout: '4m', lifetime: '16m', limit: { perPrincipal: sessionsPerPrincipal } },
  refusing: { limit: refused },
  lasting: { timeout: 'never' },
  ...Object.fromEntries(alike.map((name) => [name, { timeout: '4m' }])),
} as const
type Kind = 'plain' | 'refusing' | 'lasting' | (typeof alike)[number]

/** One application on one node. */
export interface Shop extends Pick<ShopNode, 'hold'> {
  readonly url: string
}

/** One application on nodes that share a store. */
class Shops {
  readonly a: Shop
  readonly b: Shop
  readonly c: Shop
  readonly #nodes: Nodes
  readonly #mode: Mode
  readonly #name: string

  constructor(nodes: Nodes, mode: Mode, kind: Kind = 'plain') {
    this.#nodes = nodes
    this.#mode = mode
    this.#name = nameOf(mode, kind)
    this.a = shopOn(nodes.node(0), this.#name)
    this.b = shopOn(nodes.node(1), this.#name)
    this.c = shopOn(nodes.node(2), this.#name)
  }

  get three(): readonly [Shop, Shop, Shop] {
    return [this.a, this.b, this.c]
  }

  get onAllNodes(): readonly Shop[] {
    return this.#nodes.all.map((node) => shopOn(node, this.#name))
  }

  /** Another application in the same mode. */
  of(kind: Kind): Shops {
    return new Shops(this.#nodes, this.#mode, kind)
  }

  /** Lets time pass in which nobody does anything. */
  skip(ms: number): Promise<void> {
    return this.#nodes.skip(ms)
  }

  /** Time enough for every node to learn what others did. */
  async learn(): Promise<void> {
    if (!modes[this.#mode].cluster) await this.skip(slack)
  }

  /** The ends of sessions with this name, when there are so many. */
  endsOf(name: string, count = 1): Promise<JournalEntry[]> {
    return this.#nodes.journalHas(count, ({ application, data }) => application === this.#name && data.name === name)
  }
}

const shopOn = (node: ShopNode, name: string): Shop => ({
  url: `${node.url}/${name}`,
  hold: () => node.hold(),
})

const nameOf = (mode: Mode, kind: string) => (kind === 'plain' ? mode : `${mode}-${kind}`)

const applications = Object.entries(kinds).map(([kind, session]) =>
  applicationsIn({ as: (mode) => nameOf(mode, kind), session: { ...session } }),
)

const test = nodesTest(4, { applications: Object.assign({}, ...applications) }).extend<{
  $test: { mode: Mode; shops: Shops }
}>({
  mode: 'together',
  shops: ({ shared, mode }, use) => use(new Shops(shared, mode)),
})

type Tests = (it: typeof test, mode: Mode) => void

/** Describes what holds for nodes on one Redis, on a Redis Cluster and on an LMDB file, in both modes. */
export const describeEverywhere = (tests: Tests) => describeModes(() => true, tests)

export const describeClustered = (tests: Tests) => describeModes((mode) => modes[mode].cluster, tests)

export const describeMemoryFirst = (tests: Tests) => describeModes((mode) => !modes[mode].cluster, tests)

/** Where one server, or one file, does it all. */
export const describeUnsharded = (tests: Tests) => describeModes((mode) => modes[mode].storage !== 'sharded', tests)

function describeModes(isMeant: (mode: Mode) => boolean, tests: Tests): void {
  for (const mode of allModes.filter(isMeant)) {
    describe(modes[mode].title, () => {
      test.override({ mode })
      tests(test, mode)
    })
  }
}
