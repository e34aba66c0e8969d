import type { z } from 'zod'
import type { Path } from './path.js'

type ZodIssue = z.core.$ZodIssue

/** An issue of zod with its whole path. Each unknown key is an issue of its own; for a union, the alternative that was meant counts. */
export type Issue = (Exclude<ZodIssue, { code: 'unrecognized_keys' }> | UnknownKey) & { readonly path: Path }

export interface UnknownKey {
  readonly code: 'unknown_key'
  readonly key: string
  readonly path: Path
  readonly message: string
}

export function issuesOf(issues: readonly ZodIssue[], base: Path = []): Issue[] {
  return issues.flatMap((issue): Issue[] => {
    const path = [...base, ...issue.path]
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ code: 'unknown_key', key, path: [...path, key], message: issue.message }))
    }
    const meant = issue.code === 'invalid_union' ? alternativeMeant(issue.errors) : undefined
    return meant ? issuesOf(meant, path) : [{ ...issue, path: path as PropertyKey[] }]
  })
}

/** The alternative whose type fits; of several, the one with the fewest issues. */
function alternativeMeant(alternatives: readonly (readonly ZodIssue[])[]): readonly ZodIssue[] | undefined {
  return alternatives
    .filter((issues) => issues.length > 0 && !issues.some(isAnotherType))
    .toSorted((a, b) => a.length - b.length)[0]
}

const isAnotherType = ({ path, code }: ZodIssue) =>
  path.length === 0 && (code === 'invalid_type' || code === 'invalid_value' || code === 'invalid_union')
