import type { ConfigInput } from '../../src/config/load.js'
import type { Container } from '../../src/container/container.js'
import type { ContainerOptions } from '../../src/container/create-container.js'
import type { DriverDefinition } from '../../src/drivers/definition.js'
import type { ScopedApplication } from '../../src/koa/application.js'
import type { ApplicationDefinition } from '../../src/koa/define-application.js'
import type { Space } from '../../src/storage/contract.js'
import { ManualClock } from '../../src/testing/manual-clock.js'
import { quietContainer } from './container.js'
import type { OpenScopes } from './shop.js'
import { StoreLine } from './store-line.js'
import { Traffic } from './traffic.js'
import { serveContainer } from './visitor.js'

type ApplicationInput = NonNullable<NonNullable<ConfigInput['applications']>[string]>

/** Scopes without `storage` and `cluster`, which the store knows. */
export interface NodeOptions
  extends Pick<ApplicationInput, 'session' | 'client' | 'scopeless'>,
    Pick<ContainerOptions, 'clock' | 'logger' | 'types'> {
  /** What else the configuration says of the application. */
  readonly settings?: Pick<ApplicationInput, 'application' | 'host' | 'mount'>
  readonly server?: NonNullable<ConfigInput['server']>
  /** What else the cache of the configuration has. */
  readonly cache?: Readonly<Record<string, unknown>>
  /** To the store, cut already. */
  readonly line?: StoreLine
  /** Further applications, the same but for their names; each is mounted under its own. */
  readonly neighbours?: readonly string[]
}

/** A container that listens. */
export interface Node {
  readonly url: string
  readonly container: Container
  readonly app: ScopedApplication<OpenScopes>
  readonly traffic: Traffic
  readonly line: StoreLine
  /** Stops in good order. */
  stop(): Promise<void>
}

/** In milliseconds. Within a step no time passes for those who wait for the store. */
const step = 100

/** Where the records are. */
export interface StorePlace {
  readonly driver: DriverDefinition
  /** As a cache of the configuration has them. */
  readonly options: Readonly<Record<string, unknown>>
}

/** A store and the nodes on it, which share a clock. */
export class TestStore {
  readonly clock = new ManualClock()
  readonly #place: StorePlace
  readonly cluster: boolean
  readonly #nodes: Node[] = []

  constructor(place: StorePlace, cluster: boolean) {
    this.#place = place
    this.cluster = cluster
  }

  /** Its name. */
  get driver(): string {
    return this.#place.driver.name
  }

  /** Starts a node that serves this application with a session and a client scope. */
  async node(shop: ApplicationDefinition<OpenScopes>, options: NodeOptions = {}): Promise<Node> {
    const {
      session = {},
      client = {},
      scopeless = [],
      settings,
      server = {},
      neighbours = [],
      cache = {},
      ...besideScopes
    } = options
    const { line = new StoreLine(), ...others } = besideScopes
    const traffic = new Traffic()
    const scopes = { session: this.#stored(session), client: this.#stored(client), scopeless }
    const besides = Object.fromEntries(neighbours.map((name) => [name, { mount: `/${name}`, ...scopes }]))
    const applications = { shop: { ...settings, ...scopes }, ...besides }
    const container = await quietContainer(
      { server, caches: { store: { ...this.#cache(), ...cache } }, applications },
      {
        clock: this.clock,
        applications: Object.fromEntries(Object.keys(applications).map((name) => [name, shop])),
        drivers: [line.to(traffic.of(this.#place.driver))],
        ...others,
      },
    )
    const node = await served(container, { traffic, line })
    await traffic.settled()
    traffic.clear()
    this.#nodes.push(node)
    return node
  }

  /** Two nodes that serve the same. */
  async pair(shop: ApplicationDefinition<OpenScopes>, options?: NodeOptions): Promise<[Node, Node]> {
    return [await this.node(shop, options), await this.node(shop, options)]
  }

  /** The sessions as they are stored, apart from all nodes. */
  async records<T>(use: (space: Space) => Promise<T>): Promise<T> {
    const { driver, options } = this.#place
    const opened = await driver.create(driver.options.parse(options), {
      cache: 'store',
      directory: '/',
      onEvicted() {},
    })
    await opened.open()
    try {
      return await use(opened.space('shop:session', { endGraceMs: 7 * 24 * 60 * 60_000 }))
    } finally {
      await opened.close()
    }
  }

  /** Lets time pass in which nobody does anything. */
  skip(ms: number): void {
    this.clock.jump(ms)
  }

  /** Lets time pass step by step, with everything that falls due and what the store has to do with it. */
  async run(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= step) {
      await this.clock.advance(Math.min(left, step))
      await Promise.all(this.#nodes.map(({ traffic }) => traffic.settled()))
    }
  }

  /** Lets time pass in small steps until this is settled, for those who wait by the clock. */
  async until<T>(task: Promise<T>): Promise<T> {
    let isSettled = false
    const settled = task.finally(() => {
      isSettled = true
    })
    settled.catch(() => {})
    while (!isSettled) await this.run(10)
    return settled
  }

  /** Time enough for every node to look once for what has ended. */
  sweep(): Promise<void> {
    return this.run(1_200)
  }

  async close(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.stop()))
  }

  #cache() {
    return { driver: this.driver, storage: true, ...this.#place.options }
  }

  #stored<Scope extends ApplicationInput['session' | 'client']>(scope: Scope) {
    return scope && { storage: 'store', cluster: this.cluster, ...scope }
  }
}

async function served(container: Container, watched: Pick<Node, 'traffic' | 'line'>): Promise<Node> {
  const { url, close } = await serveContainer(container)
  const stop = async () => {
    watched.line.restore()
    await close()
    await container.close()
  }
  return { url, container, app: container.application<OpenScopes>('shop'), ...watched, stop }
}
