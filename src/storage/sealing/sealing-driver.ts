import type { CallOptions, Capabilities, Driver, DriverHealth, ObjectSpace, Space, SpaceOptions } from '../contract.js'
import { sealedObjects } from './sealed-objects.js'
import { sealedSpace } from './sealed-space.js'
import { sealingHealth } from './sealing-health.js'
import { type Encryption, ValueSealer } from './value-sealer.js'

/** A driver whose store gets sealed values: what is above sees plain ones, what is below never does. */
export class SealingDriver implements Driver {
  readonly capabilities: Capabilities
  readonly prepare?: (names: readonly string[]) => Promise<void>
  readonly objects?: (name: string) => ObjectSpace
  readonly #driver: Driver
  readonly #encryption: Encryption
  readonly #sealer: ValueSealer
  readonly #isVisit: boolean

  /** `isVisit`: the process is no node, so its figures say nothing. */
  constructor(driver: Driver, encryption: Encryption, { isVisit = false }: { readonly isVisit?: boolean } = {}) {
    this.capabilities = driver.capabilities
    this.#driver = driver
    this.#encryption = encryption
    this.#sealer = new ValueSealer(encryption)
    this.#isVisit = isVisit
    const objects = driver.objects?.bind(driver)
    if (objects) this.objects = (name) => sealedObjects(objects(name), name, this.#sealer)
    if (driver.prepare) this.prepare = driver.prepare.bind(driver)
  }

  open(): Promise<void> {
    return this.#driver.open()
  }

  space(name: string, options: SpaceOptions): Space {
    return sealedSpace(this.#driver.space(name, options), name, this.#sealer)
  }

  async health(options: CallOptions): Promise<DriverHealth> {
    const figures = this.#isVisit ? undefined : this.#sealer.figures
    return sealingHealth(await this.#driver.health(options), this.#encryption, figures)
  }

  close(): Promise<void> {
    return this.#driver.close()
  }
}
