import { pathToFileURL } from 'node:url'
import { reasonOf, ScopesError } from '../support/errors.js'
import { type ApplicationDefinition, faultOf } from './define-application.js'

/** Imports an application's module; one in TypeScript through tsx. Throws MODULE_UNUSABLE, TYPESCRIPT_LOADER_MISSING. */
export async function loadDefinition(module: string): Promise<ApplicationDefinition> {
  const { default: definition } = await importModule(module)
  const reason = definition === undefined ? 'it has no default export' : faultOf(definition)
  if (reason) throw new ScopesError('MODULE_UNUSABLE', { module, reason })
  return definition as ApplicationDefinition
}

async function importModule(module: string): Promise<{ default?: unknown }> {
  const url = pathToFileURL(module).href
  const load = /\.[cm]?tsx?$/.test(module) ? await typescriptLoader(module) : (it: string) => import(it)
  try {
    return await load(url)
  } catch (error) {
    throw new ScopesError('MODULE_UNUSABLE', { module, reason: reasonOf(error) }, { cause: error })
  }
}

async function typescriptLoader(module: string): Promise<(url: string) => Promise<{ default?: unknown }>> {
  if (loadsTypeScript()) return (url) => import(url)
  try {
    const { tsImport } = await import('tsx/esm/api')
    return (url) => tsImport(url, import.meta.url)
  } catch (error) {
    throw new ScopesError('TYPESCRIPT_LOADER_MISSING', { module }, { cause: error })
  }
}

/** This file itself runs as TypeScript, so whatever runs it (tsx, Vitest) loads the module too, with the same modules in it. */
const loadsTypeScript = () => import.meta.url.endsWith('.ts')
