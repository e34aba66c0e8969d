import { pathToFileURL } from 'node:url'
import type { Config } from '../config/config.js'
import { ScopesError } from '../errors/scopes-error.js'
import { type AnyDefinition, type ApplicationDefinition, faultOf } from '../koa/define-application.js'
import { failedImport } from './failed-import.js'
import { runsAsTypeScript } from './runs-as-typescript.js'

/** The definitions of all applications: those given in code, else from their modules. Throws as `loadDefinition` does. */
export async function definitionsOf(
  config: Config,
  given: Readonly<Record<string, AnyDefinition>>,
): Promise<Map<string, ApplicationDefinition>> {
  const definitions = new Map<string, ApplicationDefinition>()
  for (const { name, module } of config.applications.values()) {
    const definition = given[name] as ApplicationDefinition | undefined
    const reason = definition && faultOf(definition)
    if (reason) throw new ScopesError('MODULE_UNUSABLE', { module: name, reason })
    if (definition) definitions.set(name, definition)
    else if (module !== undefined) definitions.set(name, await loadDefinition(module))
  }
  return definitions
}

/** Imports an application's module, TypeScript through tsx. Throws MODULE_UNUSABLE, TYPESCRIPT_LOADER_MISSING. */
async function loadDefinition(module: string): Promise<ApplicationDefinition> {
  if (/\.[cm]?tsx?$/.test(module)) await enableTypeScript(module)
  const definition = await defaultExportOf(module)
  const reason = definition === undefined ? 'it has no default export' : faultOf(definition)
  if (reason) throw new ScopesError('MODULE_UNUSABLE', { module, reason })
  return definition as ApplicationDefinition
}

async function defaultExportOf(module: string): Promise<unknown> {
  try {
    const { default: exported } = await import(/* webpackIgnore: true */ pathToFileURL(module).href)
    return isCommonJs(exported) ? exported.default : exported
  } catch (error) {
    throw new ScopesError('MODULE_UNUSABLE', { module, ...failedImport(error) }, { cause: error })
  }
}

/**
 * Whether a default export is a CommonJS module: in a package without `"type": "module"`, TypeScript is compiled to
 * CommonJS, and Node returns its exports as the default export.
 */
const isCommonJs = (exported: unknown): exported is { readonly default?: unknown } =>
  typeof exported === 'object' && exported !== null && '__esModule' in exported

let isTypeScriptEnabled = runsAsTypeScript

/**
 * Enables TypeScript for the whole process, as `node --import tsx` does. A loader for this module alone (tsx's `tsImport`)
 * would give it second copies of all its imports: `instanceof ScopesError` would be false in its handlers, and another
 * module that imports the definition would get a different object.
 */
async function enableTypeScript(module: string): Promise<void> {
  if (isTypeScriptEnabled) return
  try {
    const [esm, commonJs] = await Promise.all([
      import(/* webpackIgnore: true */ 'tsx/esm/api'),
      import(/* webpackIgnore: true */ 'tsx/cjs/api'),
    ])
    esm.register()
    commonJs.register()
    isTypeScriptEnabled = true
  } catch (error) {
    throw new ScopesError('TYPESCRIPT_LOADER_MISSING', { module }, { cause: error })
  }
}
