import type { DriverDefinition } from '../../src/drivers/definition.js'
import type { Driver, ObjectSpace } from '../../src/storage/contract.js'
import { StorageError } from '../../src/storage/storage-error.js'
import { HeldCalls, type Operation } from './held-calls.js'

export interface LostAnswer {
  /** The store has carried out what it was asked. */
  readonly applies: boolean
  /** What others do before it is noticed. */
  readonly meanwhile?: () => Promise<unknown>
}

/** The line between one container and its store: a test holds calls on it, and cuts it. */
export class StoreLine extends HeldCalls {
  #cut: readonly string[] | 'all' = []
  #isUnopenable = false
  #unsavable: string | undefined
  #loses: LostAnswer | undefined

  /** Puts this line between a driver and the container that opens it. */
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

  /** The store refuses to save the record with this id. */
  failSavesOf(id: string): void {
    this.#unsavable = id
  }

  /** The answer to the next save does not arrive. */
  loseAnswer(lost: LostAnswer): void {
    this.#loses = lost
  }

  /** The line is whole again, and no call is held. */
  restore(): void {
    this.#cut = []
    this.#isUnopenable = false
    this.letGo()
  }

  override async carry<T>(operation: string, args: readonly unknown[], ask: () => Promise<T>): Promise<T> {
    if (this.#cut === 'all' || this.#cut.includes(operation)) throw unavailable(operation)
    if (operation === 'save' && (args[0] as { readonly id: string }).id === this.#unsavable)
      throw unavailable(operation)
    return super.carry(operation, args, () =>
      operation === 'save' && this.#loses ? this.#withoutAnswer(this.#loses, ask) : ask(),
    )
  }

  override look<T>(ask: () => T): T {
    if (this.#cut === 'all' || this.#cut.includes('load')) throw unavailable('load')
    return ask()
  }

  #lined(driver: Driver): Driver {
    return {
      capabilities: driver.capabilities,
      open: async () => {
        if (this.#isUnopenable) throw unavailable('open')
        await driver.open()
      },
      space: (name, options) => this.space(driver.space(name, options)),
      ...(driver.objects && { objects: (name) => this.#objects(driver.objects?.(name) as ObjectSpace) }),
      health: (options) => this.carry('health', [options], () => driver.health(options)),
      close: () => driver.close(),
    }
  }

  #objects(objects: ObjectSpace): ObjectSpace {
    return {
      get: (...args) => this.carry('get', args, () => objects.get(...args)),
      set: (...args) => this.carry('set', args, () => objects.set(...args)),
      delete: (...args) => this.carry('delete', args, () => objects.delete(...args)),
      clear: (...args) => this.carry('clear', args, () => objects.clear(...args)),
    }
  }

  async #withoutAnswer({ applies, meanwhile }: LostAnswer, ask: () => Promise<unknown>): Promise<never> {
    this.#loses = undefined
    if (applies) await ask()
    await meanwhile?.()
    throw new StorageError('STORAGE_UNANSWERED', { cache: 'store', operation: 'save', reason: 'the line is cut' })
  }
}

const unavailable = (operation: string) =>
  new StorageError('STORAGE_UNAVAILABLE', { cache: 'store', operation, reason: 'the line is cut' })
