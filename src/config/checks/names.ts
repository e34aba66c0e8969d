import type { Mistake } from '../mistakes.js'
import { isPlainMap, valueAt } from '../path.js'
import { namePattern } from '../schema/file.js'

/** The names that are none. What is below them is checked all the same. */
export function* misnamed(tree: unknown): Generator<Mistake> {
  for (const section of ['caches', 'applications']) {
    for (const name of namesIn(tree, section)) {
      if (namePattern.test(name)) continue
      yield {
        path: [section, name],
        part: 'key',
        problem: `${JSON.stringify(name)} is not a name.`,
        remedy: 'A name begins with a letter; letters, digits, _ and - may follow.',
      }
    }
  }
}

/** What is declared, whether or not it is right. */
export function namesIn(tree: unknown, section: string): string[] {
  const entries = valueAt(tree, [section])
  return isPlainMap(entries) ? Object.keys(entries) : []
}
