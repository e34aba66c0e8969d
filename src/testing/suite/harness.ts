import type { DriverDefinition } from '../../drivers/definition.js'
import type { Driver } from '../../storage/contract.js'

/** The driver under test, and the store to test it on. */
export interface DriverHarness<Options> {
  readonly definition: DriverDefinition<Options>
  /** As a configuration would have them, of an empty store that nobody else uses. */
  readonly options: unknown
  /** Opens a driver on the same store in another process, as `remoteDriver` does. Its `close` ends that process. Absent: cases with two processes are skipped. */
  otherProcess?(): Promise<Driver>
  /** Removes the store; everything is closed by then. */
  remove?(): Promise<void>
}
