import type { Config } from '../config/config.js'
import { loadConfig } from '../config/load.js'
import { builtInDrivers } from '../drivers/registry.js'
import { isScopesError } from '../errors/scopes-error.js'
import { allInspected, type InspectedCache, isFailing } from './caches/inspected.js'
import { reportLines } from './caches/report.js'
import { describe } from './described.js'
import { summaryOf } from './summary.js'
import { Output } from './terminal/output.js'
import { withStores } from './with-stores.js'

export interface CheckOptions {
  /** Whether the stores are opened, as a visit. Then the exit code is 1 if one cannot be used. */
  readonly connects: boolean
  readonly isJson: boolean
}

/** Prints the caches and applications of a configuration, also of one whose applications are given in code. Throws ConfigError. */
export async function check(file: string, { connects, isJson }: CheckOptions): Promise<void> {
  const output = new Output()
  const config = await readConfig(file, output, isJson)
  if (!isJson) await output.write(describe(config))
  const stores = connects ? await withStores(file, allInspected) : undefined
  if (stores?.some(isFailing)) process.exitCode = 1
  if (isJson) await output.json({ ...summaryOf(config), ...(stores && { stores }) })
  else if (stores) await report(output, stores)
}

async function report(output: Output, stores: readonly InspectedCache[]): Promise<void> {
  await output.line('\nstores\n')
  for (const line of reportLines(stores, output)) await output.line(line)
}

/** With `isJson` the problems are printed as JSON too, besides the sentence that the error becomes. */
async function readConfig(file: string, output: Output, isJson: boolean): Promise<Config> {
  try {
    return await loadConfig(file, { drivers: builtInDrivers, mayBeInCode: true })
  } catch (error) {
    if (isJson && isScopesError(error, 'CONFIG_INVALID')) {
      const { problems, source } = error.details
      await output.json({ source, isValid: false, problems })
    }
    throw error
  }
}
