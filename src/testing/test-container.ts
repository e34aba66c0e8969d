import type { RequestListener } from 'node:http'
import type { Config } from '../config/config.js'
import type { ConfigInput } from '../config/load.js'
import type { ApplicationRef, Container } from '../container/container.js'
import { type ContainerOptions, createAdapted } from '../container/create-container.js'
import { parseDuration } from '../errors/parse-duration.js'
import { type ScopedApplication, servedBy } from '../koa/application.js'
import { scopesOf } from '../koa/served-application.js'
import type { ScopesShape } from '../koa/types.js'
import { checkedOptions, checkFunction, checkWord } from '../scopes/request/arguments.js'
import type { Duration } from '../support/duration.js'
import { ManualClock } from './manual-clock.js'
import { type LogLine, recordingLogger } from './recorded-log.js'
import { StandIns } from './stand-in.js'
import { type Visitor, type VisitorOptions, visitor } from './visitor.js'

export interface TestContainerOptions extends Omit<ContainerOptions, 'clock'> {
  /** Default: a new one that begins at the present time. */
  readonly clock?: ManualClock
  /** `memory` (default) takes the place of every store that outlives the process; `declared`: the stores of the configuration. */
  readonly stores?: 'memory' | 'declared'
}

const optionNames = ['applications', 'drivers', 'types', 'logger', 'env', 'clock', 'stores'] as const

/**
 * The container of a configuration, for tests: checked as it is and then served on memory, with a time that the test moves. It needs no
 * store, opens no port, and prints nothing. Throws what createContainer() throws, and TypeError for wrong options.
 */
export async function testContainer(
  source: string | ConfigInput,
  options: TestContainerOptions = {},
): Promise<TestContainer> {
  const {
    clock = new ManualClock(Date.now()),
    stores = 'memory',
    ...others
  } = checkedOptions('testContainer()', options, optionNames)
  checkWord('stores', stores, ['memory', 'declared'])
  checkFunction('The jump of a ManualClock', clock.jump)
  return TestContainer.open({
    source,
    options: others,
    clock,
    standIns: stores === 'memory' ? new StandIns() : undefined,
  })
}

const graceMs = 1_000

/** What the nodes of one test have in common. */
interface Common {
  readonly source: string | ConfigInput
  readonly options: ContainerOptions
  readonly clock: ManualClock
  readonly standIns: StandIns | undefined
  readonly nodes: Set<Container>
}

/** A node of a test. Use testContainer(). */
export class TestContainer {
  readonly container: Container
  /** The time of all nodes. */
  readonly clock: ManualClock
  readonly #common: Common
  readonly #lines: LogLine[]

  private constructor(container: Container, common: Common, lines: LogLine[]) {
    this.container = container
    this.clock = common.clock
    this.#common = common
    this.#lines = lines
  }

  static async open(common: Omit<Common, 'nodes'> & Partial<Common>): Promise<TestContainer> {
    const { clock, nodes = new Set(), options, source, standIns } = common
    const lines: LogLine[] = []
    const logger = options.logger ?? recordingLogger(lines)
    const container = await createAdapted(source, { ...options, logger, clock }, (config) => forTests(config, standIns))
    nodes.add(container)
    return new TestContainer(container, { ...common, nodes }, lines)
  }

  /** What this node has logged, unless a logger was given. */
  get log(): readonly LogLine[] {
    return this.#lines
  }

  /** As that of the container. Throws APPLICATION_UNKNOWN. */
  application<S extends ScopesShape>(ref: ApplicationRef<S>): ScopedApplication<S> {
    return this.container.application(ref)
  }

  /** A request listener, for other tools than `visitor()`. */
  callback(): RequestListener {
    return this.container.callback()
  }

  /** A visitor of this node. */
  visitor(options?: VisitorOptions): Visitor {
    return visitor(this, options)
  }

  /** Another node on the same stores, with the same time. After `close()` it is this node after a restart. */
  node(): Promise<TestContainer> {
    return TestContainer.open(this.#common)
  }

  /**
   * Lets this time pass on all nodes at once, and then runs what is due: what has expired ends, and its end handlers have run when
   * this resolves. From about a second on; for less, see `clock.advance()`. Throws DURATION_INVALID.
   */
  async advance(duration: Duration): Promise<void> {
    const ms = parseDuration(duration)
    // What is under way ends at its own time: else its lease would run out, and another would do it again.
    await this.#idle()
    this.clock.jump(ms)
    await this.clock.advance(0)
    await this.#idle()
  }

  /** Ends this node in good order. The stores stay for `node()`. A request that has not ended after a second or so is given up. */
  async close(): Promise<void> {
    const { config } = this.container
    this.#common.nodes.delete(this.container)
    // What close() waits for ends by the clock, which only tests move.
    const givingUp = setInterval(() => void this.clock.advance(config.server.shutdownMs), graceMs)
    try {
      await this.container.close()
    } finally {
      clearInterval(givingUp)
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #idle(): Promise<void> {
    const scopes = [...this.#common.nodes].flatMap((container) =>
      [...container.config.applications.keys()].flatMap((name) => scopesOf(servedBy(container.application(name)))),
    )
    await Promise.all(scopes.map((scope) => scope.upkeep?.idle()))
  }
}

/** Without what would open ports of this machine, wait, or keep records in a store. */
function forTests({ admin: _, ...config }: Config, standIns: StandIns | undefined): Config {
  const { socketMode: __, ...server } = config.server
  const caches = [...config.caches.values()].map((cache) => standIns?.standInFor(cache) ?? cache)
  return {
    ...config,
    server: { ...server, host: '127.0.0.1', port: 0, drainMs: 0 },
    caches: new Map(caches.map((cache) => [cache.name, cache])),
  }
}
