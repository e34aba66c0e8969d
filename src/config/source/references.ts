import type { Reading } from '../../support/reading.js'

/** Matches `${NAME}`, `${NAME:-default}` and `$${`, which stands for `${`. A match of `${` alone is malformed. */
export const referencePattern = /\$\$\{|\$\{(?:([A-Za-z_]\w*)(?::-((?:(?!\$\{)[^}])*))?\})?/g

const wholePattern = new RegExp(`^(?:${referencePattern.source})$`)

/** Whether the text is one reference and nothing else. */
export function isReference(text: string): boolean {
  return wholePattern.exec(text)?.[1] !== undefined
}

/** Whether the text contains a reference. */
export function hasReference(text: string): boolean {
  return [...text.matchAll(referencePattern)].some(([, name]) => name !== undefined)
}

/** Replaces references by the variables' values. As in a shell, a default applies to a variable that is unset or empty. */
export function replaceReferences(text: string, environment: NodeJS.ProcessEnv): Reading<string> {
  const problems: { problem: string; remedy: string }[] = []
  const value = text.replace(referencePattern, (match, name?: string, fallback?: string) => {
    if (match === '$${') return '${'
    if (name === undefined) problems.push(malformed)
    else if (environment[name] === undefined && fallback === undefined) problems.push(unset(name))
    return (name && environment[name]) || (fallback ?? '')
  })
  return problems[0] ?? { value }
}

const malformed = {
  problem: `has a \${ that is not part of a reference`,
  remedy: `Write \${NAME} or \${NAME:-default}, which cannot be nested, or $\${ for \${ itself.`,
}

const unset = (name: string) => ({
  problem: `needs the environment variable ${name}, which is not set`,
  remedy: `Set ${name}, or give a default: \${${name}:-default}.`,
})
