import { isPlainMap, valueAt } from '../path.js'
import type { Problem } from '../problems.js'
import { namePattern } from '../schema/file.js'
import { shownText } from '../shown.js'

/** Reports the names of caches and applications that are not valid. Values below them are still checked. */
export function* misnamed(tree: unknown): Generator<Problem> {
  for (const section of ['caches', 'applications']) {
    for (const name of namesIn(tree, section)) {
      if (namePattern.test(name)) continue
      yield {
        path: [section, name],
        part: 'key',
        problem: `${JSON.stringify(shownText(name))} is not a valid name.`,
        remedy: 'A name begins with a letter; letters, digits, _ and - may follow.',
      }
    }
  }
}

/** The names declared in a section, valid or not. */
export function namesIn(tree: unknown, section: string): string[] {
  const entries = valueAt(tree, [section])
  return isPlainMap(entries) ? Object.keys(entries) : []
}
