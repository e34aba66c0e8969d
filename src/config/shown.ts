import { isPlain, type Path, valueAt } from './path.js'
import { referencePattern } from './source/references.js'

/*
 * What messages may show of a configuration. A password can be anywhere in a file that was mistyped, so a text is shown only
 * if nothing hints at a secret: neither the names around it nor a sign in it. Every step here takes linear time.
 */

const secretName = /pass|pwd|secret|token|credential|api_?key|private_?key|^keys$/i
const urlName = /^ur[il]|ur[il]s?$|dsn|connection/i
const longest = 80
/** A longer text is described, not searched for secrets. */
const longestSearched = 2_000
/** The most names in one sentence. */
const mostListed = 20

/** A URL that has no user, no query and no fragment. */
const bareUrl = /^[a-z][a-z\d+.-]*:\/\/(?:[\w.-]+|\[[\da-f:.]+\])?(?::\d{1,5})?(?:\/[\w./-]*)?$/i
/** The start of a URL, which may be shown where the rest may not. */
const scheme = /^[a-z][a-z\d+.-]{0,20}:\/\//i

export const mask = '***'

/**
 * A value as messages may show it. `written` is the configuration before variables are replaced, so their values never
 * appear. Secrets are masked; a map shows as "a map", a list as "a list" unless it has only numbers.
 */
export function shown(written: unknown, path: Path, secrets: ReadonlySet<string> = new Set()): string {
  const value = valueAt(written, path)
  if (value === undefined) return 'the default'
  if (isSecret(path) || isMisplacedSecret(path, value)) return mask
  if (typeof value === 'string') {
    if (value.length > longestSearched) return `a text of ${value.length} letters`
    if (isUrl(path)) return quoted(shownUrl(value))
    return secrets.has(value) ? mask : quoted(shownText(value))
  }
  if (Array.isArray(value)) return value.every(Number.isFinite) ? JSON.stringify(value) : 'a list'
  if (typeof value === 'object' && value !== null) return 'a map'
  return typeof value === 'function' ? 'a function' : String(value)
}

/** The path as messages may show it: keys below a secret's name are masked, and texts that hold a secret. */
export function shownPath(path: Path): PropertyKey[] {
  return path.map((key, index) => {
    if (typeof key === 'number') return key
    const text = String(key).slice(0, longestSearched)
    return isSecret(path.slice(0, index)) || isTelling(text) ? mask : shortened(text)
  })
}

/** Whether a key on this path has a secret's name, such as `password`. Names of caches and applications do not count. */
export function isSecret(path: Path): boolean {
  return path.some((key, index) => (index !== 1 || path[0] === 'admin') && secretName.test(String(key)))
}

/** Whether the value on this path may contain a secret: it has a secret's name, or it is a URL. */
export function mayHoldSecret(path: Path): boolean {
  return isSecret(path) || isUrl(path)
}

const secretBearers = new WeakMap<object, boolean>()

/** Whether a map has a key whose value may be a secret. Its other keys may be pieces of that secret, torn off by a comma. */
export function bearsSecret(map: unknown): boolean {
  if (!isPlain(map)) return false
  const known = secretBearers.get(map) ?? Object.keys(map).some((key) => secretName.test(key) || urlName.test(key))
  secretBearers.set(map, known)
  return known
}

/** A text that stands under no secret's name, shortened, and masked if something in it looks like a secret. */
export function shownText(text: string): string {
  const start = text.slice(0, longestSearched)
  return shortened(hasTellingParts(start) ? maskedUrl(start) : withoutTellingDefaults(start))
}

/** Masks words that contain an `@`, and the defaults of variables with a secret's name: for messages of drivers. */
export function withoutSecrets(text: string): string {
  return withoutTellingDefaults(text).replace(/\S+/g, (word) => (word.includes('@') ? maskedUrl(word) : word))
}

/** The parts of a text that must not appear in messages: the text itself, and the user and password of a URL. */
export function secretsIn(text: string): string[] {
  const end = text.lastIndexOf('@')
  if (end < 0) return [text]
  const access = text.slice(0, end).replace(scheme, '')
  return [text, access, ...access.split(':')].filter((part) => part !== '')
}

const isUrl = (path: Path) => path.some((key, index) => index !== 1 && urlName.test(String(key)))

/** Names, separated by commas; of many, the first ones. */
export function listed(names: Iterable<string>): string {
  const first: string[] = []
  for (const name of names) {
    if (first.length === mostListed) return `${first.join(', ')}, …`
    first.push(shownText(name))
  }
  return first.join(', ')
}

/** A section's entry that is no map but has a secret's name: a password with too little indentation. */
const isMisplacedSecret = (path: Path, value: unknown) =>
  path.length === 2 && !isPlain(value) && [secretName, urlName].some((name) => name.test(String(path[1])))

/** A URL shows its scheme only; one that is a single reference shows the variable's name. */
function shownUrl(text: string): string {
  const literal = text.replace(referencePattern, (reference, name?: string) => (name === undefined ? reference : ''))
  return literal === '' ? withoutTellingDefaults(text, true) : maskedUrl(text)
}

const maskedUrl = (text: string) => `${scheme.exec(text)?.[0] ?? ''}${mask}`

/** Whether something in a text looks like a secret: a user, a secret's name before something else, or a URL that is more than an address. */
const isTelling = (text: string) =>
  text.includes('@') || (text.includes('://') && !bareUrl.test(text)) || namesSecret(text)

const namesSecret = (text: string) =>
  text
    .split(/[\s:=,"']+/)
    .slice(0, -1)
    .some((word) => secretName.test(word))

/** Whether the text beside its references is telling, or belongs to a reference that is. */
function hasTellingParts(text: string): boolean {
  let names = ''
  const literal = text.replace(referencePattern, (reference, name?: string) => {
    if (name === undefined) return reference
    names += `${name} `
    return ''
  })
  return isTelling(literal) || (literal !== '' && (secretName.test(names) || urlName.test(names)))
}

function withoutTellingDefaults(text: string, all = false): string {
  return text.replace(referencePattern, (reference, name?: string, fallback = '') =>
    name !== undefined && (all || secretName.test(name) || urlName.test(name) || isTelling(fallback))
      ? `\${${name}}`
      : reference,
  )
}

const quoted = (text: string) => (text === mask ? mask : JSON.stringify(text))

const shortened = (text: string) => (text.length > longest ? `${text.slice(0, longest)}…` : text)
