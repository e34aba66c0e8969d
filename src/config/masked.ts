import { isPlain, type Path } from './path.js'
import { isSecret, mask, mayHoldSecret, shownText } from './shown.js'

/** A configuration as an operator may see it: plain values, whose texts hold no secret. */
export type Masked = string | number | boolean | null | readonly Masked[] | { readonly [key: string]: Masked }

const longest = 1_000

/** The end of a URL behind its user and password, if it is only an address. */
const address = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?(?:\/[\w./-]*)?$/i
const scheme = /^[a-z][a-z\d+.-]{0,20}:\/\//i

/**
 * A copy of a checked configuration without its secrets: values with a secret's name, what a URL has besides its address, and texts
 * in which something hints at a secret. Maps become objects; what is neither plain nor a Map is named by its class.
 */
export function masked(value: unknown, path: Path = []): Masked {
  if (isSecret(path) || isKey(path)) return value === undefined || value === null ? null : mask
  if (value instanceof Map) return masked(Object.fromEntries(value), path)
  if (Array.isArray(value)) return value.map((item, index) => masked(item, [...path, index]))
  if (isPlain(value))
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [[key, masked(item, [...path, key])]])),
    )
  if (typeof value === 'string') return mayHoldSecret(path) ? maskedUrl(value) : maskedText(value)
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value
  return typeof value === 'object' ? `[${value.constructor?.name ?? 'object'}]` : `[${typeof value}]`
}

/** Options of drivers that come from elsewhere may have keys of other names, as in `accessKey`. */
const isKey = (path: Path) => path[0] === 'caches' && path.length > 2 && /key$/i.test(String(path.at(-1)))

function maskedUrl(text: string): string {
  const start = scheme.exec(text)?.[0] ?? ''
  const at = text.lastIndexOf('@')
  const rest = text.slice(Math.max(start.length, at + 1))
  if (!address.test(rest)) return `${start}${mask}`
  return at < 0 ? text : `${start}${mask}@${rest}`
}

/** Whole, unlike in messages: a long path is of use here. */
function maskedText(text: string): string {
  const shown = shownText(text)
  return shown.endsWith('…') && text.startsWith(shown.slice(0, -1)) ? text.slice(0, longest) : shown
}
