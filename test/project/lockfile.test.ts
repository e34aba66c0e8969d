import { expect, test } from 'vitest'
import { read } from './sources.js'

interface Entry {
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

type Packages = Readonly<Record<string, Entry>>

// npm leaves out what the registry at hand does not have for foreign platforms, and then `npm ci` refuses everywhere.
test.each(['package-lock.json', 'docs/.vitepress/package-lock.json'])(
  '%s has an entry for every optional dependency (docs/contributing.md tells how)',
  (file) => {
    const packages: Packages = JSON.parse(read(file)).packages
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !isLocked(packages, name, path))
        .map((name) => `${name}, of ${path}`),
    )
    expect(missing).toEqual([])
  },
)

/** Looked up as Node does: beside the one who asks, then in each folder above. */
function isLocked(packages: Packages, name: string, from: string): boolean {
  const place = `${from === '' ? '' : `${from}/`}node_modules/${name}`
  if (place in packages) return true
  return from !== '' && isLocked(packages, name, from.slice(0, Math.max(from.lastIndexOf('node_modules') - 1, 0)))
}
