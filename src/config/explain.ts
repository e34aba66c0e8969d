import type { z } from 'zod'
import { counterpartOf } from './counterparts.js'
import type { Issue, UnknownKey } from './issues.js'
import type { JsonSchema } from './json-schema.js'
import { nearestWord } from './nearest-word.js'
import { isPlain, type Path, valueAt } from './path.js'
import type { Problem } from './problems.js'
import { exampleAt, homesOf, knownKeys } from './schema-lookup.js'
import { bearsSecret, withoutSecrets } from './shown.js'

export interface Background {
  /** The schema of the whole file, for known keys and examples. */
  readonly schema: JsonSchema
  readonly tree: unknown
  /** The configuration as it was written, with the wrong values that were taken out of `tree`. */
  readonly written: unknown
  /** Strings that no sentence may show. */
  readonly secrets: ReadonlySet<string>
}

type Sentences = Pick<Problem, 'problem' | 'remedy'>

/** Messages of drivers are not searched for more secrets than this; with more, they are not quoted. */
const mostSecrets = 200

/** Turns an issue of zod into a problem with its own sentences. zod's message is used only if it says more. */
export function explain(issue: Issue, background: Background): Problem {
  const { path } = issue
  if (issue.code === 'unknown_key') return { path, part: 'key', ...unknownKey(issue, background) }
  if (isMissing(issue, background)) return { path, ...missing(issue, background) }
  return { path, remedy: example(path, background) ?? 'Correct it, or remove it.', ...wrong(issue, background) }
}

function unknownKey({ key, path }: UnknownKey, { schema, tree, written }: Background): Partial<Problem> & Sentences {
  const known = knownKeys(schema, tree, path.slice(0, -1))
  const homes = homesOf(schema, key)
  const near = nearestWord(key, known)
  const counterpart = counterpartOf(path)
  if (counterpart !== undefined) return { problem: 'This key is not known here.', remedy: `${counterpart}.` }
  const hint = homes.length > 0 ? `It belongs under ${homes.join(' or ')}. ` : near ? `Did you mean ${near}? ` : ''
  const isKeyHidden = hint === '' && bearsSecret(valueAt(written, path.slice(0, -1)))
  return {
    isKeyHidden,
    problem: 'This key is not known here.',
    remedy: `${hint}Known here: ${known.join(', ') || 'none'}.`,
  }
}

const isMissing = ({ code, path }: Issue, { tree }: Background) =>
  valueAt(tree, path) === undefined && /^invalid_(type|value|union)$/.test(code)

function missing(issue: Issue, background: Background): Sentences {
  const words = issue.code === 'invalid_value' ? `Write one of: ${issue.values.join(', ')}.` : undefined
  return { problem: 'This key is missing.', remedy: words ?? example(issue.path, background) ?? 'Add it.' }
}

function wrong(issue: Exclude<Issue, UnknownKey>, background: Background): Partial<Sentences> & { problem: string } {
  switch (issue.code) {
    case 'invalid_type':
    case 'invalid_union':
      return {
        problem: `${textForMap(issue, background) ? 'Text' : '{value}'} is not ${expectation(issue, background) ?? 'accepted'}.`,
      }
    case 'invalid_value':
      return unknownWord(issue.values.map(String), valueAt(background.tree, issue.path))
    case 'too_small':
      return { problem: `{value} is less than ${issue.minimum}${unitOf(issue.origin)}.` }
    case 'too_big':
      return { problem: `{value} is more than ${issue.maximum}${unitOf(issue.origin)}.` }
    case 'custom':
      if (typeof issue.params?.remedy !== 'string') break
      return {
        problem: `{value} ${issue.params.areOwnWords ? issue.message : (redacted(issue.message, background) ?? 'is not accepted')}.`,
        remedy: issue.params.remedy,
      }
  }
  const message = redacted(issue.message, background)?.replace(/\.$/, '')
  const isScalar = !isPlain(valueAt(background.tree, issue.path))
  if (message === undefined) return { problem: '{value} is not accepted.' }
  return { problem: isScalar ? `{value} is not accepted: ${message}.` : `${message}.` }
}

function unknownWord(words: readonly string[], given: unknown): Sentences {
  const near = typeof given === 'string' ? nearestWord(given, words) : undefined
  return {
    problem: `{value} is not ${words.length > 1 ? 'one of ' : ''}${words.join(', ')}.`,
    remedy: near ? `Did you mean ${near}?` : 'Write one of them.',
  }
}

const nouns: Partial<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a map',
  record: 'a map',
}

/** The words for what a schema takes. undefined if they are a message that may show a secret. */
function expectation(issue: z.core.$ZodIssue, background: Background): string | undefined {
  if (issue.code === 'invalid_type') return nouns[issue.expected] ?? issue.expected
  if (issue.code === 'invalid_value') return issue.values.join(', ')
  if (issue.code !== 'invalid_union') return redacted(issue.message, background)
  const words = issue.errors.flatMap(([first]) => (first ? [expectation(first, background)] : []))
  return words.includes(undefined) ? undefined : words.join(' or ')
}

const unitOf = (origin: string) => (origin === 'string' ? ' letters' : /array|set/.test(origin) ? ' items' : '')

function example(path: Path, { schema, tree }: Background): string | undefined {
  const value = exampleAt(schema, tree, path)
  if (value === undefined) return undefined
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const key = path.at(-1)
  return `Write it as in: ${typeof key === 'string' ? `${key}: ` : ''}${text}`
}

/** Whether text stands in place of a map. It is not shown: it may be a password under a misspelt key. */
const textForMap = (issue: z.core.$ZodIssue, { tree }: Background) =>
  issue.code === 'invalid_type' &&
  (issue.expected === 'object' || issue.expected === 'record') &&
  typeof valueAt(tree, issue.path) === 'string'

/**
 * The message of a schema, which may contain any value; undefined if a secret stands in it. To mask only the secret would
 * show it where it is also a word of the message.
 */
function redacted(message: string, { secrets }: Background): string | undefined {
  if (secrets.size > mostSecrets) return undefined
  const text = withoutSecrets(message)
  for (const secret of secrets) if (secret && text.includes(secret)) return undefined
  return text
}
