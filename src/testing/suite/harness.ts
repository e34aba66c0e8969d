import type { DriverDefinition } from '../../drivers/definition.js'
import type { Driver } from '../../storage/contract.js'

/** The driver under test, and the store to test it on. */
export interface DriverHarness<Options> {
  readonly definition: DriverDefinition<Options>
  /** The driver's options, as in a configuration, for an empty store that no other program uses. */
  readonly options: unknown
  /**
   * Opens a driver on the same store in another process, as `remoteDriver` does. Its `close` ends that process. Without
   * it, cases with two processes are skipped.
   */
  otherProcess?(): Promise<Driver>
  /** Removes the store. Called when all drivers are closed. */
  remove?(): Promise<void>
}
