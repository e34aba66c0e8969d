import { readFileSync } from 'node:fs'

/** The version of the package that this file belongs to, wherever it was compiled to. */
export function packageVersion(from: URL = new URL(import.meta.url)): string {
  for (let folder = new URL('./', from); ; folder = new URL('../', folder)) {
    const found = packageIn(folder)
    if (found?.name === 'koa-scopes' && found.version !== undefined) return found.version
    if (folder.pathname === '/' || new URL('../', folder).href === folder.href) return 'unknown'
  }
}

function packageIn(folder: URL): { readonly name?: string; readonly version?: string } | undefined {
  try {
    return JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'))
  } catch {
    return undefined // most folders have none
  }
}
