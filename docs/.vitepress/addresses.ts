import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './folders.js'

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

export const { description, name, version } = manifest as Record<'description' | 'name' | 'version', string>

/** Where the site will be: `homepage` in package.json. */
export const homepage: string | undefined = manifest.homepage?.replace(/#.*/, '')

/** The path of the site on its host, with a slash at both ends. */
export const base = homepage ? new URL(homepage).pathname.replace(/\/?$/, '/') : '/'

/** The repository on its code host, without a slash at the end; undefined while package.json does not name it. */
export const repository = pageOf(manifest.repository?.url ?? manifest.repository)

/** What package.json names is an address for Git. */
function pageOf(url: string | undefined): string | undefined {
  return url?.replace(/^git\+/, '').replace(/\.git$/, '')
}
