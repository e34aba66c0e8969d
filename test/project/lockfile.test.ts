import { expect, test } from 'vitest'
import { read } from './sources.js'

interface Entry {
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const packages: Record<string, Entry> = JSON.parse(read('package-lock.json')).packages

// npm leaves out what the registry at hand does not have for foreign platforms, and then `npm ci` refuses everywhere.
test('package-lock.json has an entry for every optional dependency (docs/contributing.md tells how)', () => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !isLocked(name, path))
      .map((name) => `${name}, of ${path}`),
  )
  expect(missing).toEqual([])
})

/** Looked up as Node does: beside the one who asks, then in each folder above. */
function isLocked(name: string, from: string): boolean {
  const place = `${from === '' ? '' : `${from}/`}node_modules/${name}`
  if (place in packages) return true
  return from !== '' && isLocked(name, from.slice(0, Math.max(from.lastIndexOf('node_modules') - 1, 0)))
}
