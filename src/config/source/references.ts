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
  for (const [, name] of text.matchAll(referencePattern)) if (name !== undefined) return true
  return false
}

/** The form that names of variables have by convention. Another one, in a password, is probably a piece of it. */
const conventional = /^[A-Z_][A-Z\d_]*$/

/**
 * Replaces references by the variables' values. As in a shell, a default applies to a variable that is unset or empty.
 * `isTelling`: the text may hold a secret, so a problem names a variable only if its name has the conventional form.
 * `isSecret`: it is one, so no remedy advises a default, which would be a secret in the file.
 */
export function replaceReferences(
  text: string,
  environment: NodeJS.ProcessEnv,
  { isSecret = false, isTelling = isSecret }: { readonly isSecret?: boolean; readonly isTelling?: boolean } = {},
): Reading<string> {
  let found: { problem: string; remedy: string } | undefined
  const value = text.replace(referencePattern, (match, name?: string, fallback?: string) => {
    if (match === '$${') return '${'
    if (name === undefined) found ??= malformed
    else if (environment[name] === undefined && fallback === undefined)
      found ??= isTelling && !conventional.test(name) ? unsetSecret : unset(name, isSecret)
    return (name && environment[name]) || (fallback ?? '')
  })
  return found ?? { value }
}

const malformed = {
  problem: `has a \${ that is not part of a reference`,
  remedy: `Write \${NAME} or \${NAME:-default}, which cannot be nested, or $\${ for \${ itself.`,
}

const unsetSecret = {
  problem: 'needs an environment variable that is not set',
  remedy: `Set it, or write $\${ for \${ itself.`,
}

const unset = (name: string, isSecret: boolean) => ({
  problem: `needs the environment variable ${name}, which is not set`,
  remedy: isSecret ? `Set ${name}.` : `Set ${name}, or give a default: \${${name}:-default}.`,
})
