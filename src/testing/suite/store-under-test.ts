import type { Capabilities, Driver } from '../../storage/contract.js'
import type { DriverHarness } from './harness.js'
import { TestSpace } from './test-space.js'

type Connection = 'first' | 'second' | 'otherProcess'

/** The store that all cases work on, each in its own space, and the connections to it. */
export class StoreUnderTest<Options = unknown> {
  readonly capabilities: Capabilities
  readonly #harness: DriverHarness<Options>
  readonly #options: Options
  readonly #connections = new Map<Connection, Promise<Driver>>()
  #spaces = 0

  constructor(harness: DriverHarness<Options>) {
    this.#harness = harness
    this.#options = harness.definition.options.parse(harness.options)
    this.capabilities = harness.definition.capabilities(this.#options)
  }

  get hasOtherProcess(): boolean {
    return this.#harness.otherProcess !== undefined
  }

  /** The default connection of the cases, opened by the first of them. */
  driver(): Promise<Driver> {
    return this.#connection('first', () => this.#connect())
  }

  /** A second connection in this process. */
  secondConnection(): Promise<Driver> {
    return this.#connection('second', () => this.#connect())
  }

  /** A connection in another process. */
  otherProcess(): Promise<Driver> {
    return this.#connection('otherProcess', () => this.#connectOtherProcess())
  }

  /** Closes all connections and opens a new one, as a restart does. */
  async restart(): Promise<Driver> {
    await this.#closeAll()
    return this.driver()
  }

  /** A space that no other case uses. */
  emptySpace(): Promise<TestSpace> {
    return this.space(this.freshName())
  }

  async space(name: string): Promise<TestSpace> {
    return new TestSpace(name, await this.driver())
  }

  freshName(): string {
    this.#spaces += 1
    return `suite:space-${this.#spaces}`
  }

  async remove(): Promise<void> {
    await this.#closeAll()
    await this.#harness.remove?.()
  }

  #connection(name: Connection, connect: () => Promise<Driver>): Promise<Driver> {
    const connection = this.#connections.get(name) ?? connect()
    this.#connections.set(name, connection)
    return connection
  }

  async #closeAll(): Promise<void> {
    const connections = await Promise.allSettled(this.#connections.values())
    this.#connections.clear()
    for (const connection of connections) if (connection.status === 'fulfilled') await connection.value.close()
  }

  async #connect(): Promise<Driver> {
    const { definition } = this.#harness
    const driver = await definition.create(this.#options, {
      cache: 'suite',
      directory: process.cwd(),
      onEvicted: ({ space, id }) => {
        throw new Error(`${id} of ${space} was evicted: give the suite a store with more room`)
      },
    })
    await driver.open()
    return driver
  }

  async #connectOtherProcess(): Promise<Driver> {
    const driver = await this.#harness.otherProcess?.()
    if (!driver) throw new TypeError('The harness has no otherProcess')
    return driver
  }
}
