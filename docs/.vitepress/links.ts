import { existsSync, statSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { repository } from './addresses.js'
import { docs, root } from './folders.js'

/**
 * A link as the site needs it. On a code host it leads to a file beside the page; here a README is the index of its folder, and
 * what lies outside of docs/ is shown by the code host. Undefined if nothing can show it.
 */
export function onSite(href: string, page: string): string | undefined {
  if (/^([a-z]+:|#|\/)/.test(href)) return href
  const [path = '', fragment] = href.split('#')
  const anchor = fragment === undefined ? '' : `#${fragment}`
  const target = resolve(dirname(page), path)
  const inDocs = relative(docs, target)
  if (inDocs.startsWith('..')) return inRepository(target, anchor)
  return path.replace(/README\.md$/, 'index.md') + anchor
}

function inRepository(target: string, anchor: string): string | undefined {
  if (!existsSync(target)) throw new Error(`${target} is linked to, and is not there`)
  const kind = statSync(target).isDirectory() ? 'tree' : 'blob'
  return repository && `${repository}/${kind}/main/${relative(root, target)}${anchor}`
}
