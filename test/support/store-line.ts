import type { DriverDefinition } from '../../src/drivers/definition.js'
import type { CallOptions, Driver, Space } from '../../src/storage/contract.js'
import { StorageError } from '../../src/storage/errors.js'
import { Gate } from './gate.js'

type Operation = 'load' | 'save' | 'list' | 'claimExpired' | 'renew' | 'settle' | 'lock' | 'unlock'

/** The line between one container and its store: a test holds a call, or cuts it. */
export class StoreLine {
  readonly #gates = new Map<string, Gate>()
  #cut: readonly string[] | 'all' = []
  #hanging: Gate | undefined

  /** Puts this line between a driver and whoever opens it. */
  to(definition: DriverDefinition): DriverDefinition {
    return {
      ...definition,
      create: async (options, environment) => this.#lined(await definition.create(options, environment)),
    }
  }

  /** The store cannot be reached, or only these operations fail. */
  cut(...operations: Operation[]): void {
    this.#cut = operations.length > 0 ? operations : 'all'
  }

  /** The store is reached, and does not answer. */
  hang(): void {
    this.#hanging = new Gate()
  }

  restore(): void {
    this.#cut = []
    this.#hanging?.open()
    this.#hanging = undefined
  }

  /** The next such call waits before it reaches the store. */
  hold(operation: Operation): Gate {
    const gate = new Gate()
    this.#gates.set(operation, gate)
    return gate
  }

  #lined(driver: Driver): Driver {
    return {
      capabilities: driver.capabilities,
      open: () => driver.open(),
      space: (name, options) => this.#linedSpace(driver.space(name, options)),
      health: (options) => this.#pass('health', [options], () => driver.health(options)),
      close: () => driver.close(),
    }
  }

  #linedSpace(space: Space): Space {
    return new Proxy(space, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        return (...args: unknown[]) => this.#pass(String(name), args, () => member.apply(target, args))
      },
    })
  }

  async #pass<T>(operation: string, args: readonly unknown[], call: () => Promise<T>): Promise<T> {
    if (this.#cut === 'all' || this.#cut.includes(operation))
      throw new StorageError('STORAGE_UNAVAILABLE', { cache: 'store', operation, reason: 'the line is cut' })
    await this.#hanging?.pass()
    const gate = this.#gates.get(operation)
    this.#gates.delete(operation)
    await gate?.pass()
    for (const { signal } of args as Partial<CallOptions>[]) signal?.throwIfAborted()
    return call()
  }
}
