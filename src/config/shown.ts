import { type Path, valueAt } from './path.js'
import { referencePattern } from './source/references.js'

const secretName = /pass|pwd|secret|token|credential|api_?key|private_?key/i
const longest = 80

export const mask = '***'

/**
 * A value as messages may show it. `written` is the configuration before variables are replaced, so their values never
 * appear. Secrets are masked; a map shows as "a map", a list as "a list" unless it has only numbers.
 */
export function shown(written: unknown, path: Path): string {
  const value = valueAt(written, path)
  if (value === undefined) return 'the default'
  if (isSecret(path)) return mask
  if (typeof value === 'string') return JSON.stringify(shortened(withoutSecrets(value)))
  if (Array.isArray(value)) return value.every(Number.isFinite) ? JSON.stringify(value) : 'a list'
  if (typeof value === 'object' && value !== null) return 'a map'
  return typeof value === 'function' ? 'a function' : String(value)
}

/** Whether a key on this path has a secret's name, such as `password`. Names of caches and applications do not count. */
export function isSecret(path: Path): boolean {
  return path.some((key, index) => index !== 1 && secretName.test(String(key)))
}

/** Masks the user and password of URLs, and the defaults of variables with a secret's name. */
export function withoutSecrets(text: string): string {
  return text
    .replace(referencePattern, (reference, name?: string) => (secretName.test(name ?? '') ? `\${${name}}` : reference))
    .replace(/\/\/\S*@/g, `//${mask}@`)
}

const shortened = (text: string) => (text.length > longest ? `${text.slice(0, longest)}…` : text)
