import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

export const read = (file: string): string => readFileSync(root + file, 'utf8')

/** The TypeScript files of some folders, as paths from the root; what is installed there left out. */
export const filesIn = (...folders: readonly string[]): string[] => filesOf('.ts', folders)

export function filesOf(ending: string, folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(root + folder, { withFileTypes: true })
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => {
        const path = `${folder}/${entry.name}`
        if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesOf(ending, [path])
        return path.endsWith(ending) ? [path] : []
      }),
  )
}

/** The README and all pages below docs/, as paths from the root; what `npm run docs:build` makes there left out. */
export const documents: readonly string[] = ['README.md', ...pagesIn('docs').sort()]

function pagesIn(folder: string): string[] {
  return readdirSync(root + folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return ['docs/.vitepress', 'docs/api'].includes(path) ? [] : pagesIn(path)
    return path.endsWith('.md') ? [path] : []
  })
}

const imports = [
  /^(?:import|export|\}) .*?\bfrom '([^']+)'$/gm,
  /^import '([^']+)'$/gm,
  /\bimport\((?:\/\* \w+: true \*\/ )?'([^']+)'\)/g,
]

/** What a file imports, types and re-exports included, as it is written there. */
export function importsOf(file: string): string[] {
  const text = read(file)
  return imports.flatMap((pattern) => [...text.matchAll(pattern)].map(([, specifier = '']) => specifier))
}

/** The project's own files that a file imports. */
export const ownImportsOf = (file: string): string[] =>
  importsOf(file)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts'))

/** The packages that files import, without those of Node. */
export function packagesIn(files: readonly string[]): Set<string> {
  const specifiers = files.flatMap(importsOf).filter((it) => !it.startsWith('.') && !it.startsWith('node:'))
  return new Set(specifiers.map((it) => it.split('/', it.startsWith('@') ? 2 : 1).join('/')))
}
