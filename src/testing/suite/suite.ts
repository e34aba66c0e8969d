import type { TestRunner } from './runner.js'
import type { StoreUnderTest } from './store-under-test.js'
import type { TestSpace } from './test-space.js'

/** Registers one case, which gets its own empty space. */
export type Case = (promise: string, body: (space: TestSpace) => Promise<void>) => void

/** The functions that register cases. */
export class Suite {
  readonly describe: TestRunner['describe']
  readonly expect: TestRunner['expect']
  readonly store: StoreUnderTest
  readonly #it: TestRunner['it']

  constructor({ describe, expect, it }: TestRunner, store: StoreUnderTest) {
    this.describe = describe
    this.expect = expect
    this.#it = it
    this.store = store
  }

  readonly it: Case = (promise, body) => {
    this.#it(promise, async () => body(await this.store.emptySpace()))
  }

  /** Registers cases for an optional capability: normally if the driver has it, else as skipped, for this reason. */
  readonly when = (met: boolean, otherwise: string): Case =>
    met ? this.it : (promise) => this.#it.skip(`${promise} (skipped: ${otherwise})`, async () => {})
}
