import type { DriverDefinition } from '../../src/drivers/definition.js'
import type { CallOptions, Driver, Space } from '../../src/storage/contract.js'
import { throwIfPast } from '../../src/storage/deadline.js'
import { StorageError } from '../../src/storage/storage-error.js'
import { Gate } from './gate.js'

type Operation = 'load' | 'save' | 'list' | 'claimExpired' | 'renew' | 'settle' | 'lock' | 'unlock'

export interface LostAnswer {
  /** The store has carried out what it was asked. */
  readonly applies: boolean
  /** What others do before it is noticed. */
  readonly meanwhile?: () => Promise<unknown>
}

/** The line between one container and its store: a test holds a call, or cuts it. */
export class StoreLine {
  readonly #gates = new Map<string, Gate>()
  #cut: readonly string[] | 'all' = []
  #hanging: Gate | undefined
  #isUnopenable = false
  #loses: LostAnswer | undefined

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

  /** The store is not there when it is to be opened, and until then nothing else is possible. */
  cutBeforeOpening(): void {
    this.#isUnopenable = true
    this.cut()
  }

  /** The answer to the next save does not arrive. */
  loseAnswer(lost: LostAnswer): void {
    this.#loses = lost
  }

  /** The store is reached, and does not answer. */
  hang(): void {
    this.#hanging = new Gate()
  }

  restore(): void {
    this.#cut = []
    this.#isUnopenable = false
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
      open: async () => {
        if (this.#isUnopenable) throw unavailable('open')
        await driver.open()
      },
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
    if (this.#cut === 'all' || this.#cut.includes(operation)) throw unavailable(operation)
    await this.#hanging?.pass()
    const gate = this.#gates.get(operation)
    this.#gates.delete(operation)
    await gate?.pass()
    for (const { deadline } of args as Partial<CallOptions>[]) throwIfPast(deadline)
    return operation === 'save' && this.#loses ? this.#withoutAnswer(this.#loses, call) : call()
  }

  async #withoutAnswer({ applies, meanwhile }: LostAnswer, call: () => Promise<unknown>): Promise<never> {
    this.#loses = undefined
    if (applies) await call()
    await meanwhile?.()
    throw new StorageError('STORAGE_UNANSWERED', { cache: 'store', operation: 'save', reason: 'the line is cut' })
  }
}

const unavailable = (operation: string) =>
  new StorageError('STORAGE_UNAVAILABLE', { cache: 'store', operation, reason: 'the line is cut' })
