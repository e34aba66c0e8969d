import type { CallOptions, Capabilities, Driver, DriverHealth, ObjectSpace, SpaceOptions } from '../contract.js'
import { Guard, type GuardOptions } from './guard.js'
import { guardedObjects } from './guarded-objects.js'
import { type GuardedSpace, guardedSpace } from './guarded-space.js'
import { checkSpaceName } from './lengths.js'

/**
 * Keeps drivers naive: deadlines, the wrapping of errors and the settling of lost answers live here and in nothing else.
 * Until it is open, every call rejects as the last attempt to open it did.
 */
export class GuardedDriver implements Driver {
  readonly capabilities: Capabilities
  readonly objects?: (name: string) => ObjectSpace
  readonly #driver: Driver
  readonly #guard: Guard
  #isOpen = false
  #openFailure: unknown

  constructor(driver: Driver, options: GuardOptions) {
    this.#driver = driver
    this.#guard = new Guard(options)
    this.capabilities = driver.capabilities
    const objects = driver.objects?.bind(driver)
    if (objects)
      this.objects = (name) =>
        guardedObjects(
          this.#onceOpen(() => objects(name)),
          this.#guard,
        )
  }

  /** In its own time: a store may have to recover first. With the names of the spaces that will be used. */
  async open(spaces: readonly string[] = []): Promise<void> {
    try {
      await this.#guard.wrapped('open', () => this.#openAndPrepare(spaces))
      this.#isOpen = true
    } catch (error) {
      this.#openFailure = error
      throw error
    }
  }

  space(name: string, options: SpaceOptions): GuardedSpace {
    checkSpaceName(name)
    const opened = this.#onceOpen(() => this.#driver.space(name, options))
    return guardedSpace(opened, this.capabilities, this.#guard)
  }

  health(options: CallOptions): Promise<DriverHealth> {
    const driver = this.#onceOpen(() => this.#driver)
    return this.#guard.run('health', options, (bounded) => driver().health(bounded))
  }

  /** In its own time: what was acknowledged must become safe. */
  async close(): Promise<void> {
    if (this.#isOpen) await this.#guard.wrapped('close', () => this.#driver.close())
  }

  /** When `prepare` fails the driver is closed, so that opening may be tried again. */
  async #openAndPrepare(spaces: readonly string[]): Promise<void> {
    const driver = this.#driver
    await driver.open()
    try {
      await driver.prepare?.(spaces)
    } catch (error) {
      await driver.close()
      throw error
    }
  }

  /** Makes it at the first use. */
  #onceOpen<T>(make: () => T): () => T {
    let made: T | undefined
    return () => {
      if (!this.#isOpen) throw this.#openFailure
      made ??= make()
      return made
    }
  }
}
