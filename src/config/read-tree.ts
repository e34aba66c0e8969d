import type { z } from 'zod'
import { type Issue, issuesOf } from './issues.js'
import type { Mistakes } from './mistakes.js'
import { isPlain, type Path, valueAt } from './path.js'
import { PathSet } from './path-set.js'

interface Judges {
  readonly mistakes: Mistakes
  report(issue: Issue): void
  /** Another value to try in place of one that is wrong. */
  instead(path: Path): unknown
}

/**
 * Reads a tree by a schema and reports everything that is wrong with it. zod does not look further at a map that has a
 * mistake in it; so what is wrong is taken out of the tree and the rest is read again, until it passes. What comes back
 * is then good for checks that look at several values together. undefined when nothing is left.
 */
export function readTree<T>(schema: z.ZodType<T>, tree: unknown, { mistakes, report, instead }: Judges): T | undefined {
  for (;;) {
    const reading = schema.safeParse(tree)
    if (reading.success) return reading.data
    const issues = issuesOf(reading.error.issues).toSorted(deepestFirst)
    if (issues.filter(({ path }) => replace(tree, path, instead(path))).length > 0) continue
    for (const issue of issues) if (!mistakes.concern(issue.path)) report(issue)
    if (!takeAllOut(tree, issues, mistakes)) return undefined
  }
}

const deepestFirst = (a: Issue, b: Issue) => b.path.length - a.path.length

function replace(tree: unknown, path: Path, value: unknown): boolean {
  const around = valueAt(tree, path.slice(0, -1))
  if (value === undefined || !isPlain(around)) return false
  around[String(path.at(-1))] = value
  return true
}

function takeAllOut(tree: unknown, issues: readonly Issue[], mistakes: Mistakes): boolean {
  const gone = new PathSet()
  for (const { path } of issues) {
    if (gone.covers(path)) continue
    const taken = takeOut(tree, path)
    if (taken.length === 0) return false
    gone.add(taken)
    mistakes.dismiss(taken)
  }
  return true
}

/** Takes out what is on this path; where nothing is, the map that needs it. Returns the path of what went. */
function takeOut(tree: unknown, path: Path): Path {
  const outer = path.slice(0, -1)
  const around = valueAt(tree, outer)
  if (path.length === 0) return path
  if (!isPlain(around) || valueAt(tree, path) === undefined) return takeOut(tree, outer)
  delete around[String(path.at(-1))]
  return path
}
