import type { Reading } from '../../support/reading.js'

/** `${NAME}`, `${NAME:-default}` or `$${`, which stands for `${`. A match that is `${` alone is a mistake. */
export const referencePattern = /\$\$\{|\$\{(?:([A-Za-z_]\w*)(?::-((?:(?!\$\{)[^}])*))?\})?/g

const wholePattern = new RegExp(`^(?:${referencePattern.source})$`)

/** Whether the text is one reference and nothing else. */
export function isReference(text: string): boolean {
  return wholePattern.exec(text)?.[1] !== undefined
}

/** Whether anything in the text stands for a variable. */
export function hasReference(text: string): boolean {
  return [...text.matchAll(referencePattern)].some(([, name]) => name !== undefined)
}

/** Puts the variables' values in. As in a shell, a default holds for a variable that is unset or empty. */
export function replaceReferences(text: string, environment: NodeJS.ProcessEnv): Reading<string> {
  const mistakes: { problem: string; remedy: string }[] = []
  const value = text.replace(referencePattern, (match, name?: string, fallback?: string) => {
    if (match === '$${') return '${'
    if (name === undefined) mistakes.push(malformed)
    else if (environment[name] === undefined && fallback === undefined) mistakes.push(unset(name))
    return (name && environment[name]) || (fallback ?? '')
  })
  return mistakes[0] ?? { value }
}

const malformed = {
  problem: `has a \${ that begins no reference`,
  remedy: `Write \${NAME} or \${NAME:-default}, which cannot be nested, or $\${ for \${ itself.`,
}

const unset = (name: string) => ({
  problem: `needs the environment variable ${name}, which is not set`,
  remedy: `Set ${name}, or give a default: \${${name}:-default}.`,
})
