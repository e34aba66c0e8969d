import { isPlain, type Path, valueAt } from './path.js'
import type { Problems } from './problems.js'
import { isSecret, mayHoldSecret, secretsIn } from './shown.js'
import { hasReference, isReference, replaceReferences } from './source/references.js'

/** The deepest nesting allowed. A deeper tree is cyclic or hostile. */
const deepest = 64

/** A copy of a configuration with the values of environment variables in it. */
export interface Expanded {
  readonly tree: unknown
  /** Strings that must not appear in messages: values of variables, and values under a secret's name. */
  readonly secrets: ReadonlySet<string>
}

/**
 * Copies a configuration with its variables replaced. A value that cannot be replaced is reported and left out.
 * Instances of classes are not copied.
 */
export function expand(written: unknown, environment: NodeJS.ProcessEnv, problems: Problems): Expanded {
  const secrets = new Set<string>()
  return { tree: copy(written, []), secrets }

  function copy(value: unknown, path: Path): unknown {
    if (typeof value === 'string') return text(value, path)
    if (!isPlain(value)) return value
    if (path.length > deepest) return refuse(path, 'This contains itself, or is nested too deep.', 'Flatten it.')
    if (Array.isArray(value)) return value.map((item, index) => copy(item, [...path, index]))
    return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => entry(key, item, [...path, key])))
  }

  function entry(key: string, value: unknown, path: Path): [string, unknown][] {
    const isDangerous = key === '__proto__'
    const copied = isDangerous ? refuse(path, 'This key is refused.', 'Choose another name.') : copy(value, path)
    return copied === undefined ? [] : [[key, copied]]
  }

  function text(value: string, path: Path): string | undefined {
    const isTelling = mayHoldSecret(path) || value.includes('@')
    const reading = replaceReferences(value, environment, { isTelling, isSecret: isSecret(path) })
    if ('problem' in reading) return refuse(path, `{value} ${reading.problem}.`, reading.remedy)
    if (isTelling) hide(value)
    if (isTelling || hasReference(value)) hide(reading.value)
    return reading.value
  }

  function hide(text: string): void {
    for (const secret of secretsIn(text)) secrets.add(secret)
  }

  function refuse(path: Path, problem: string, remedy: string): undefined {
    problems.add({ path, problem, remedy })
  }
}

/**
 * The number or boolean that a variable's value stands for. undefined unless the written value is one
 * reference and nothing else, and for secrets, which are texts: as a number a short one would be wrong for another reason.
 */
export function retyped(written: unknown, expanded: unknown, path: Path): number | boolean | undefined {
  const [reference, value] = [valueAt(written, path), valueAt(expanded, path)]
  if (isSecret(path) || typeof reference !== 'string' || !isReference(reference) || typeof value !== 'string')
    return undefined
  if (value === 'true' || value === 'false') return value === 'true'
  return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined
}
