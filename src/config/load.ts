import { findings } from './checks/findings.js'
import { misnamed, namesIn } from './checks/names.js'
import type { Config } from './config.js'
import { expand, retyped } from './expand.js'
import { explain } from './explain.js'
import { deepFreeze } from './freeze.js'
import { configJsonSchema } from './json-schema.js'
import { Mistakes } from './mistakes.js'
import { readTree } from './read-tree.js'
import { resolveConfig } from './resolve.js'
import type { Drivers } from './schema/cache.js'
import { type ConfigInput, type Draft, fileSchema } from './schema/file.js'
import { openSource } from './source/open.js'
import type { Source } from './source/source.js'

export type { ConfigInput } from './schema/file.js'

export interface LoadOptions {
  readonly drivers: Drivers
  /** Where `${NAME}` is looked up. Default: the variables of this process. */
  readonly env?: NodeJS.ProcessEnv
  /** The applications whose definitions are given in code, so that they need no module. */
  readonly applications?: readonly string[]
}

/**
 * Reads and checks a configuration: a YAML file, or the same as an object. Opens no cache. Throws a ConfigError that
 * lists every mistake with its place and its remedy, and never shows a secret or the value of a variable.
 */
export async function loadConfig(from: string | ConfigInput, options: LoadOptions): Promise<Config> {
  const { drivers, env = process.env, applications = [] } = options
  const source = await openSource(from)
  const mistakes = new Mistakes(source)
  for (const mistake of misnamed(source.tree)) mistakes.add(mistake)
  const draft = readDraft(source, drivers, env, mistakes)
  if (draft === undefined) throw mistakes.toError()

  const config = resolveConfig(draft, source, drivers, applications)
  const cacheNames = [...new Set([...namesIn(source.tree, 'caches'), ...config.caches.keys()])]
  for (const { because = [], ...mistake } of findings({ config, cacheNames, inCode: applications })) {
    if (![mistake.path, ...because].some((path) => mistakes.concern(path))) mistakes.add(mistake)
  }
  if (mistakes.any) throw mistakes.toError()
  return deepFreeze(config)
}

/** undefined when the configuration as a whole is no map. */
function readDraft(source: Source, drivers: Drivers, env: NodeJS.ProcessEnv, mistakes: Mistakes): Draft | undefined {
  const { tree, secrets } = expand(source.tree ?? {}, env, mistakes)
  const schema = configJsonSchema(drivers)
  return readTree(fileSchema(drivers), tree, {
    mistakes,
    report: (issue) => mistakes.add(explain(issue, { schema, tree, secrets })),
    instead: (path) => retyped(source.tree, tree, path),
  })
}
