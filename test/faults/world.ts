import { storeNode } from '../support/lined-nodes.js'
import { ShopNode } from '../support/shop-node.js'
import { TcpProxy } from '../support/tcp-proxy.js'
import { type FinalState, inspect } from './inspection.js'
import type { Site } from './load-visitor.js'
import type { Operation } from './operation.js'
import type { Topology } from './topology.js'

export const deadlineMs = 500
const nodeCount = 4

/** Four nodes, each a process of its own, on one store. */
export class World<T extends Topology = Topology> implements Site {
  readonly store: T
  /** Between each node and the store, where that is a single server. */
  readonly proxies: readonly TcpProxy[]
  readonly #nodes: ShopNode[] = []

  private constructor(store: T, proxies: readonly TcpProxy[]) {
    this.store = store
    this.proxies = proxies
  }

  static async start<T extends Topology>(store: T): Promise<World<T>> {
    const [server] = store.servers
    const isSingle = server !== undefined && store.servers.length === 1
    const proxies = isSingle ? await Promise.all(numbers.map(() => TcpProxy.to(server.port))) : []
    const world = new World(store, proxies)
    try {
      await Promise.all(numbers.map((n) => world.startNode(n)))
      return world
    } catch (error) {
      await world.stop()
      throw error
    }
  }

  get urls(): readonly string[] {
    return this.#nodes.map(({ url }) => url)
  }

  /** What is left, as the nodes tell visitors and as the store tells a node that holds nothing. */
  async inspect(log: readonly Operation[]): Promise<FinalState> {
    const inspector = await storeNode({ cache: this.store.cache() })
    const { sessions } = inspector.app
    const stored = (id: string) => sessions.open(id, (session) => ({ ...session }))
    const state = await inspect(log, { stored, urls: this.urls })
    await inspector.stop()
    return state
  }

  /** With SIGKILL. Requests to it fail until it is back. */
  async killNode(n: number): Promise<void> {
    await this.#nodes[n]?.kill()
  }

  async startNode(n: number): Promise<void> {
    this.#nodes[n] = await ShopNode.start({
      name: `node ${n}`,
      config: {
        caches: { store: { ...this.store.cache(this.proxies[n]?.port), deadline: `${deadlineMs}ms` } },
        applications: { shop: { session: { storage: 'store', cluster: true } } },
      },
    })
  }

  async stop(): Promise<void> {
    for (const proxy of this.proxies) proxy.heal()
    await Promise.all(this.#nodes.map((node) => node.kill()))
    await Promise.all(this.proxies.map((proxy) => proxy.close()))
    await this.store.stop()
  }
}

const numbers = Array.from({ length: nodeCount }, (_, n) => n)
