import type { DriverDefinition } from '../../src/drivers/definition.js'
import type { Capabilities, Driver, Space } from '../../src/storage/contract.js'

/** A store to open, and how many drivers of this process may share it. */
export interface Place<Options = unknown> {
  readonly definition: DriverDefinition<Options>
  readonly options: unknown
  readonly connections: 1 | 2
  /** The store does not tell times apart that differ by a fraction of a millisecond. */
  readonly wholeMs?: boolean
  /** Removes the store once its drivers are closed. */
  remove?(): Promise<void>
}

const endGraceMs = 7 * 24 * 60 * 60_000

/** An open store, which nodes reach through its connections. */
export class Store {
  readonly #place: Place
  readonly #capabilities: Capabilities
  #drivers: readonly Driver[] = []
  #spaces = 0

  private constructor(place: Place) {
    this.#place = place
    this.#capabilities = place.definition.capabilities(place.definition.options.parse(place.options))
  }

  static async open(place: Place): Promise<Store> {
    const store = new Store(place)
    await store.#connect()
    return store
  }

  get countsExactly(): boolean {
    return this.#capabilities.exactCount
  }

  get wholeMs(): boolean {
    return this.#place.wholeMs ?? false
  }

  freshName(): string {
    this.#spaces += 1
    return `model {${this.#spaces}}*%\0😀`
  }

  /** One for each connection. */
  spaces(name: string): readonly Space[] {
    return this.#drivers.map((driver) => driver.space(name, { endGraceMs }))
  }

  /** Closes every connection and opens others, if the store outlives that. */
  async restart(): Promise<void> {
    if (!this.#capabilities.durable) return
    await this.#closeAll()
    await this.#connect()
  }

  async close(): Promise<void> {
    await this.#closeAll()
    await this.#place.remove?.()
  }

  async #closeAll(): Promise<void> {
    for (const driver of this.#drivers) await driver.close()
  }

  async #connect(): Promise<void> {
    const { definition, options, connections } = this.#place
    const environment = { cache: 'model', directory: '/', onEvicted: refuse }
    const connect = () => definition.create(definition.options.parse(options), environment)
    this.#drivers = await Promise.all(Array.from({ length: connections }, connect))
    for (const driver of this.#drivers) await driver.open()
  }
}

function refuse({ id }: { readonly id: string }): never {
  throw new Error(`The store has no room for ${id}`)
}
