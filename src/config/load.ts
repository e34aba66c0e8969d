import { problemsIn } from './checks/all-checks.js'
import { misnamed, namesIn } from './checks/names.js'
import type { Config } from './config.js'
import type { ConfigError } from './config-error.js'
import { expand, retyped } from './expand.js'
import { explain } from './explain.js'
import { deepFreeze } from './freeze.js'
import { configJsonSchema, type JsonSchema } from './json-schema.js'
import { type Path, valueAt } from './path.js'
import { type Problem, Problems } from './problems.js'
import { readTree } from './read-tree.js'
import { resolveConfig } from './resolve.js'
import type { Drivers } from './schema/cache.js'
import { type ConfigInput, type Draft, fileSchema } from './schema/file.js'
import { openSource } from './source/open.js'
import { hasReference } from './source/references.js'
import type { Source } from './source/source.js'

export type { ConfigInput } from './schema/file.js'

/*
 * The configuration, read in these steps: `source` opens the YAML, `expand` replaces variables, `schema` and `read-tree`
 * check each value, `resolve` fills in derived defaults, `checks` compares values, `problems` collects the problems.
 */

export interface LoadOptions {
  readonly drivers: Drivers
  /** The variables that `${NAME}` refers to. Default: those of this process. */
  readonly env?: NodeJS.ProcessEnv
  /** The names of the applications whose definitions are given in code; these need no module. */
  readonly applications?: readonly string[]
  /** Other applications without a module may be given in code as well: for a check that has only the file. Default: false. */
  readonly mayBeInCode?: boolean
  /** No application is loaded, so its module need not be on this machine. Default: false. */
  readonly loadsNoModule?: boolean
}

/** A checked configuration. */
export interface Loaded {
  readonly config: Config
  /** An error with problems that were found later, at their places in the file. */
  refusal(problems: readonly Problem[]): ConfigError
}

/**
 * Reads and checks a configuration: a YAML file, or the same as an object. Opens no cache. Throws a ConfigError that
 * lists every problem with its position and remedy. It never shows a secret or the value of a variable.
 */
export const loadConfig = async (from: string | ConfigInput, options: LoadOptions): Promise<Config> =>
  (await readConfig(from, options)).config

/** As `loadConfig`, for a caller that checks more than the configuration alone. */
export async function readConfig(from: string | ConfigInput, options: LoadOptions): Promise<Loaded> {
  const { drivers, env = process.env, applications = [], mayBeInCode = false, loadsNoModule = false } = options
  const source = await openSource(from)
  const problems = new Problems(source)
  for (const problem of misnamed(source.tree)) problems.add(problem)
  const draft = readDraft(source, drivers, env, problems)
  if (draft === undefined) throw problems.toError()

  const config = resolveConfig(draft, source, { drivers, env, inCode: applications })
  const cacheNames = [...new Set([...namesIn(source.tree, 'caches'), ...config.caches.keys()])]
  const isWritten = (path: Path) => valueAt(source.tree, path) !== undefined
  const refers = (path: Path) => {
    const written = valueAt(source.tree, path)
    return typeof written === 'string' && hasReference(written)
  }
  const found = { config, cacheNames, inCode: applications, mayBeInCode, loadsNoModule }
  const subject = { ...found, isWritten, hasReference: refers }
  for (const { because = [], ...problem } of problemsIn(subject)) {
    if (![problem.path, ...because].some((path) => problems.has(path))) problems.add(problem)
  }
  if (problems.any) throw problems.toError()
  const refusal = (found: readonly Problem[]) => {
    for (const problem of found) problems.add(problem)
    return problems.toError()
  }
  return { config: deepFreeze(config), refusal }
}

/** undefined if the whole configuration is not a map. */
function readDraft(source: Source, drivers: Drivers, env: NodeJS.ProcessEnv, problems: Problems): Draft | undefined {
  const { tree, secrets } = expand(source.tree ?? {}, env, problems)
  problems.hide(secrets)
  let schema: JsonSchema | undefined // made for the first problem: most configurations have none, and it takes 10 ms
  return readTree(fileSchema(drivers), tree, {
    problems,
    report(issue) {
      schema ??= configJsonSchema(drivers)
      problems.add(explain(issue, { schema, tree, written: source.tree, secrets }))
    },
    instead: (path) => retyped(source.tree, tree, path),
  })
}
