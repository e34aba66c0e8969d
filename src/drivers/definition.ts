import type { z } from 'zod'
import type { Capabilities, Driver } from '../storage/contract.js'

/*
 * The drivers, each in its folder with `index.ts` (definition), `options.ts` and `driver.ts`. `registry.ts` lists them. No
 * driver imports another: `embedded` holds what LMDB and SQLite share, `sql` what the SQL databases share.
 * `../storage/contract.ts` binds them all.
 */

/** The surroundings that a driver gets besides its options. */
export interface DriverEnvironment {
  /** The name of the cache, for messages. */
  readonly cache: string
  /** The folder of the configuration file, where relative paths in the options start. */
  readonly directory: string
  /** What tells deployments apart that must not share data, such as staging and production: values by their names. */
  readonly deployment?: Readonly<Record<string, string>>
  /**
   * The driver works for an operator's process, which is no node. It creates nothing: no file, folder, table, index or note. If
   * something that a node creates is missing, `open` or `prepare` rejects with STORAGE_UNPREPARED. `health` then also
   * shows the rights of the user. Default: false.
   */
  readonly isVisit?: boolean
  /** To be called for every live record or object that is evicted because there is no room. */
  readonly onEvicted: (evicted: { readonly space: string; readonly id: string }) => void
}

interface Definition<Options> {
  /** The value of `driver:` in the configuration. */
  readonly name: string
  /** The keys of a cache with this driver besides `driver`, `storage` and `deadline`. Strict, so that unknown keys are refused. */
  readonly options: z.ZodType<Options>
  /** The capabilities under these options, known without opening a store, so that a configuration can be checked. */
  capabilities(options: Options): Capabilities
}

/** The definition of a driver. createContainer() takes further ones as `drivers`. */
export interface DriverDefinition<Options = unknown> extends Definition<Options> {
  /** The SQL statements that create the tables, for `koa-scopes schema --sql`. Absent: the store needs none. */
  ddl?(options: Options): Promise<string>
  /** Creates a driver, which does not connect yet. Imports its client here and not before. */
  create(options: Options, environment: DriverEnvironment): Promise<Driver>
}

/** How the records of scopes are sealed in cookies. */
export interface SealingOptions {
  /** At least one, of at least 32 bytes each. The first seals, each opens. */
  readonly keys: readonly string[]
  /** The most cookies that one record may take. */
  readonly cookies: 1 | 2
  /** The name of the cache with the revocations. */
  readonly revocations?: string | undefined
}

/** The definition of a `driver:` without a store: nothing is opened, the visitors keep the records. */
export interface SealingDefinition<Options = unknown> extends Definition<Options> {
  sealing(options: Options): SealingOptions
}

/** Whatever `driver:` may name. */
export type CacheDefinition = DriverDefinition | SealingDefinition

export const isSealing = (definition: CacheDefinition): definition is SealingDefinition => 'sealing' in definition

/** Types a definition, and returns it unchanged. */
export const defineSealing = <Options>(definition: SealingDefinition<Options>): SealingDefinition<Options> => definition

/** Types a driver definition, and returns it unchanged. */
export const defineDriver = <Options>(definition: DriverDefinition<Options>): DriverDefinition<Options> => definition
