import type { CallOptions, Capabilities, Driver, DriverHealth, ObjectSpace, Space, SpaceOptions } from './contract.js'
import { Guard, type GuardOptions } from './guard.js'
import { GuardedObjects } from './guarded-objects.js'
import { guardedSpace } from './guarded-space.js'

/** Keeps drivers naive: deadlines and the wrapping of errors live here and in nothing else. */
export class GuardedDriver implements Driver {
  readonly capabilities: Capabilities
  readonly objects?: (name: string) => ObjectSpace
  readonly #driver: Driver
  readonly #guard: Guard

  constructor(driver: Driver, options: GuardOptions) {
    this.#driver = driver
    this.#guard = new Guard(options)
    this.capabilities = driver.capabilities
    const objects = driver.objects?.bind(driver)
    if (objects) this.objects = (name) => new GuardedObjects(objects(name), this.#guard)
  }

  /** In its own time: a store may have to recover first. */
  open(): Promise<void> {
    return this.#guard.wrapped('open', () => this.#driver.open())
  }

  space(name: string, options: SpaceOptions): Space {
    return guardedSpace(this.#driver.space(name, options), this.#guard)
  }

  health(options: CallOptions): Promise<DriverHealth> {
    return this.#guard.run('health', options, (bounded) => this.#driver.health(bounded))
  }

  /** In its own time: what was acknowledged must become safe. */
  close(): Promise<void> {
    return this.#guard.wrapped('close', () => this.#driver.close())
  }
}
