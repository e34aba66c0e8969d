import { type Path, valueAt } from './path.js'
import { referencePattern } from './source/references.js'

const secretName = /pass|pwd|secret|token|credential|api_?key|private_?key/i
const longest = 80

export const mask = '***'

/**
 * A value as messages may show it. `written` is the configuration as it was written: environment variables appear by
 * their names, never by their values. Secrets are masked, maps and lists only named.
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

/** Whether a key on this path says that its value is a secret. The names that users give to caches and applications say nothing. */
export function isSecret(path: Path): boolean {
  return path.some((key, index) => index !== 1 && secretName.test(String(key)))
}

/** Masks the userinfo of URLs, and the defaults of variables whose name says that they are secret. */
export function withoutSecrets(text: string): string {
  return text
    .replace(referencePattern, (reference, name?: string) => (secretName.test(name ?? '') ? `\${${name}}` : reference))
    .replace(/\/\/\S*@/g, `//${mask}@`)
}

const shortened = (text: string) => (text.length > longest ? `${text.slice(0, longest)}…` : text)
