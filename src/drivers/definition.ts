import type { z } from 'zod'
import type { Capabilities, Driver } from '../storage/contract.js'

/** What a driver is given besides its options. */
export interface DriverEnvironment {
  /** The name of the cache, for messages. */
  readonly cache: string
  /** The folder of the configuration file: relative paths in the options start here. */
  readonly directory: string
  /** Call it for every live record or object that had to go for want of room. */
  readonly onEvicted: (evicted: { readonly space: string; readonly id: string }) => void
}

/** A technology that caches can be built on. `drivers` of createContainer() takes more of them. */
export interface DriverDefinition<Options = unknown> {
  /** What `driver:` says in the configuration. */
  readonly name: string
  /** The keys a cache of this driver may have besides `driver`, `storage` and `deadline`; strict, so that unknown ones are found. */
  readonly options: z.ZodType<Options>
  /** Known without opening anything, so that a configuration can be checked. */
  capabilities(options: Options): Capabilities
  /** Imports what it needs (its client is loaded here and not before) and connects nothing yet. */
  create(options: Options, environment: DriverEnvironment): Promise<Driver>
}

/** Types a driver definition; returns it as it is. */
export const defineDriver = <Options>(definition: DriverDefinition<Options>): DriverDefinition<Options> => definition
