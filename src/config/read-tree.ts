import type { z } from 'zod'
import { type Issue, issuesOf } from './issues.js'
import { isPlain, type Path, valueAt } from './path.js'
import { PathSet } from './path-set.js'
import type { Problems } from './problems.js'

interface Hooks {
  readonly problems: Problems
  report(issue: Issue): void
  /** A replacement to try for a value that is wrong; undefined: none. */
  instead(path: Path): unknown
}

/**
 * Reads a tree with a schema and reports every problem. zod stops checking a map at its first wrong value, so wrong values
 * are taken out and the rest is read again until it passes. The result is valid for checks that compare several values;
 * undefined if nothing is left.
 */
export function readTree<T>(schema: z.ZodType<T>, tree: unknown, { problems, report, instead }: Hooks): T | undefined {
  for (;;) {
    const reading = schema.safeParse(tree)
    if (reading.success) return reading.data
    const issues = issuesOf(reading.error.issues).toSorted(deepestFirst)
    if (issues.filter(({ path }) => replace(tree, path, instead(path))).length > 0) continue
    for (const issue of issues) if (!problems.has(issue.path)) report(issue)
    if (!takeAllOut(tree, issues, problems)) return undefined
  }
}

const deepestFirst = (a: Issue, b: Issue) => b.path.length - a.path.length

function replace(tree: unknown, path: Path, value: unknown): boolean {
  const around = valueAt(tree, path.slice(0, -1))
  if (value === undefined || !isPlain(around)) return false
  around[String(path.at(-1))] = value
  return true
}

function takeAllOut(tree: unknown, issues: readonly Issue[], problems: Problems): boolean {
  const gone = new PathSet()
  for (const { path } of issues) {
    if (gone.covers(path)) continue
    const taken = takeOut(tree, path)
    if (taken.length === 0) return false
    gone.add(taken)
    problems.dismiss(taken)
  }
  return true
}

/** Takes out the value on this path; if there is none, the map that requires it. Returns the path of what was taken out. */
function takeOut(tree: unknown, path: Path): Path {
  const outer = path.slice(0, -1)
  const around = valueAt(tree, outer)
  if (path.length === 0) return path
  if (!isPlain(around) || valueAt(tree, path) === undefined) return takeOut(tree, outer)
  delete around[String(path.at(-1))]
  return path
}
