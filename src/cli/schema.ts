import { existsSync } from 'node:fs'
import type { CacheConfig } from '../config/config.js'
import { configJsonSchema } from '../config/json-schema.js'
import { loadConfig } from '../config/load.js'
import type { CacheDefinition } from '../drivers/definition.js'
import { builtInDrivers } from '../drivers/registry.js'
import { defaultFile } from './default-file.js'
import { UsageError } from './usage-error.js'

/** Prints the JSON Schema of configuration files. */
export async function schema(): Promise<void> {
  process.stdout.write(`${JSON.stringify(configJsonSchema(builtInDrivers), null, 2)}\n`)
}

/**
 * Prints the SQL statements that create the tables of a driver: with the options of the first cache in the file that has this
 * driver; with the default options if no file is given, and the file of that default has no such cache. A comment tells which.
 * Throws ConfigError, and UsageError for a driver without tables.
 */
export async function sqlSchema(driver: string, file: string | undefined): Promise<void> {
  const definition = builtInDrivers.get(driver)
  if (!definition || !('ddl' in definition) || !definition.ddl)
    throw new UsageError(`--sql takes ${driversWithTables().join(', ')}.`)
  const cache = await cacheIn(file ?? defaultFile, definition)
  if (!cache && file !== undefined) throw new UsageError(`${file} has no cache with the driver ${definition.name}.`)
  const title = cache ? `For the cache ${cache.name} of ${file ?? defaultFile}.` : 'With the default options.'
  const statements = await definition.ddl(cache?.options ?? defaultsOf(definition))
  process.stdout.write(`-- ${title}\n${statements.trim()}\n`)
}

const driversWithTables = (): string[] =>
  [...builtInDrivers.values()].flatMap((definition) => ('ddl' in definition ? [definition.name] : []))

/** The default options, with one that must be given where there is one; it does not appear in the statements. */
function defaultsOf({ options }: CacheDefinition): unknown {
  for (const given of [{}, { path: 'scopes.db' }, { database: 'scopes' }]) {
    const parsed = options.safeParse(given)
    if (parsed.success) return parsed.data
  }
  throw new TypeError('This driver has another required option')
}

/** undefined if the file has no cache with this driver, or if the default file is not there. */
async function cacheIn(file: string, { name }: CacheDefinition): Promise<CacheConfig | undefined> {
  if (file === defaultFile && !existsSync(file)) return undefined
  const { caches } = await loadConfig(file, { drivers: builtInDrivers, mayBeInCode: true })
  return [...caches.values()].find(({ driver }) => driver.name === name)
}
