import { configJsonSchema } from '../config/json-schema.js'
import { loadConfig } from '../config/load.js'
import type { CacheDefinition } from '../drivers/definition.js'
import { builtInDrivers } from '../drivers/registry.js'
import { UsageError } from './usage-error.js'

/** Prints the JSON Schema of configuration files. */
export async function schema(): Promise<void> {
  process.stdout.write(`${JSON.stringify(configJsonSchema(builtInDrivers), null, 2)}\n`)
}

/**
 * Prints the SQL statements that create the tables of a driver: with the options of the first cache in the file that has this
 * driver, or without a file with the default options. Throws ConfigError, and UsageError for a driver without tables.
 */
export async function sqlSchema(driver: string, file: string | undefined): Promise<void> {
  const definition = builtInDrivers.get(driver)
  if (!definition || !('ddl' in definition) || !definition.ddl)
    throw new UsageError(`--sql takes ${driversWithTables().join(', ')}.`)
  const options = file === undefined ? defaultsOf(definition) : await optionsIn(file, definition)
  process.stdout.write(`${(await definition.ddl(options)).trim()}\n`)
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

async function optionsIn(file: string, { name }: CacheDefinition): Promise<unknown> {
  const { caches } = await loadConfig(file, { drivers: builtInDrivers, mayBeInCode: true })
  const cache = [...caches.values()].find(({ driver }) => driver.name === name)
  if (!cache) throw new UsageError(`${file} has no cache with the driver ${name}.`)
  return cache.options
}
