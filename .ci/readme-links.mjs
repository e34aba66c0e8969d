/**
 * Makes the relative links of README.md absolute before the package is packed, because registries show README without the repository,
 * and relative again afterwards. Absolute ones lead to the tag of this version in the repository that package.json names.
 *
 *     node .ci/readme-links.mjs absolute|relative [file]
 */

import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const { repository, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const base = repository.url.replace(/^git\+/, '').replace(/\.git$/, '')

/** As GitHub has them: pages of files, pages of folders, and files as they are, for pictures. */
const kindOf = (path) => {
  const found = statSync(join(root, path), { throwIfNoEntry: false })
  if (!found) throw new Error(`README.md links to ${path}, which is not there.`)
  if (found.isDirectory()) return 'tree'
  return /\.(png|svg)$/.test(path) ? 'raw' : 'blob'
}

/** Code is left alone: brackets mean something else there. */
const absolute = (text) =>
  text
    .split(/^(```.*?^```)$/ms)
    .map((part) => (part.startsWith('```') ? part : part.replace(/\]\((?![a-z]+:|#)([^)#\s]+)/g, addressed)))
    .join('')
const addressed = (_, path) => `](${base}/${kindOf(path)}/v${version}/${path}`

const relative = (text) =>
  ['blob', 'raw', 'tree'].reduce((rest, kind) => rest.replaceAll(`](${base}/${kind}/v${version}/`, ']('), text)

const [direction, file = join(root, 'README.md')] = process.argv.slice(2)
const change = { absolute, relative }[direction]
writeFileSync(file, change(readFileSync(file, 'utf8')))
