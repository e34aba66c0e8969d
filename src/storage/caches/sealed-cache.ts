import type { ObjectSpace } from '../contract.js'
import type { CacheHealth, NamedCache } from './cache.js'

/** A cache without a store: the visitors keep its records, sealed. Nothing of it can fail. */
export class SealedCache implements NamedCache {
  readonly name: string
  readonly driverName: string
  readonly isAvailable = true
  readonly #details: Readonly<Record<string, number | string>>

  /** `details`: figures for the operator, and no secrets. */
  constructor(name: string, driverName: string, details: Readonly<Record<string, number | string>>) {
    this.name = name
    this.driverName = driverName
    this.#details = details
  }

  objects(): ObjectSpace | undefined {
    return undefined
  }

  async health(): Promise<CacheHealth> {
    return { status: 'up', latencyMs: 0, outages: 0, failures: 0, warnings: [], details: this.#details }
  }

  async close(): Promise<void> {}
}
