import type { z } from 'zod'
import type { Capabilities, Driver } from '../storage/contract.js'

/*
 * The drivers: `memory`, `lmdb`, `redis` and `hazelcast`, each in its folder with `index.ts` (definition), `options.ts`, `driver.ts` and
 * `space.ts` or `table.ts`. `registry.ts` lists them. No driver imports another; `../storage/contract.ts` binds them all.
 */

/** The surroundings that a driver gets besides its options. */
export interface DriverEnvironment {
  /** The name of the cache, for messages. */
  readonly cache: string
  /** The folder of the configuration file, where relative paths in the options start. */
  readonly directory: string
  /** What tells deployments apart that must not share data, such as staging and production: values by their names. */
  readonly deployment?: Readonly<Record<string, string>>
  /** To be called for every live record or object that is evicted because there is no room. */
  readonly onEvicted: (evicted: { readonly space: string; readonly id: string }) => void
}

/** The definition of a driver. createContainer() takes further ones as `drivers`. */
export interface DriverDefinition<Options = unknown> {
  /** The value of `driver:` in the configuration. */
  readonly name: string
  /** The keys of a cache with this driver besides `driver`, `storage` and `deadline`. Strict, so that unknown keys are refused. */
  readonly options: z.ZodType<Options>
  /** The capabilities under these options, known without opening a store, so that a configuration can be checked. */
  capabilities(options: Options): Capabilities
  /** Creates a driver, which does not connect yet. Imports its client here and not before. */
  create(options: Options, environment: DriverEnvironment): Promise<Driver>
}

/** Types a driver definition, and returns it unchanged. */
export const defineDriver = <Options>(definition: DriverDefinition<Options>): DriverDefinition<Options> => definition
