import type { ConfigProblem } from '../errors/error-table.js'
import { ScopesError } from '../errors/scopes-error.js'
import type { CustomType, ValueTypes } from './codec.js'
import { builtInShapes, type Shapes } from './shapes.js'
import { ownPrefix } from './stand-ins.js'
import { isBuiltIn } from './wording.js'

type Class = NonNullable<ValueTypes['classes']>[string]

/** The types that one codec supports. */
export interface KnownTypes {
  readonly shapes: Shapes
  readonly classes: ReadonlyMap<string, Class>
  readonly custom: ReadonlyMap<string, CustomType>
}

/** Throws CONFIG_INVALID with all problems. */
export function knownTypes({ classes = {}, custom = {} }: ValueTypes = {}): KnownTypes {
  const known = { classes: new Map(Object.entries(classes)), custom: new Map(Object.entries(custom)) }
  const problems = [
    ...[...known.classes].flatMap(([name, type]) => [...nameProblems('classes', name), ...classProblems(name, type)]),
    ...duplicates(known.classes),
    ...[...known.custom.keys()].flatMap((name) => nameProblems('custom', name)),
  ]
  if (problems.length > 0) throw new ScopesError('CONFIG_INVALID', { source: 'types', problems })
  const instances = [...known.classes.values()].map((type) => [type.prototype as object, 'instance'] as const)
  return { ...known, shapes: new Map([...builtInShapes, ...instances]) }
}

function nameProblems(kind: 'classes' | 'custom', name: string): ConfigProblem[] {
  if (name !== '' && name !== '__proto__' && !name.startsWith(ownPrefix)) return []
  const remedy = `Choose one that is neither empty nor __proto__ and does not start with ${ownPrefix}.`
  return [problem(`${kind}[${JSON.stringify(name)}]`, 'The name is reserved.', remedy)]
}

function classProblems(name: string, type: Class): ConfigProblem[] {
  const path = `classes.${name}`
  if (typeof type !== 'function' || type.prototype?.constructor !== type) {
    return [problem(path, 'This is not a class, or its prototype has another constructor.', 'Pass the class itself.')]
  }
  const base = builtInBase(type)
  if (!base) return []
  return [problem(path, `${base} keeps content outside its fields, which would be lost.`, 'Use types.custom.')]
}

/** The name of the built-in class that `type` is or extends, Object not counted as a base. */
function builtInBase(type: Class): string | undefined {
  for (let link = type.prototype; link && link !== Object.prototype; link = Object.getPrototypeOf(link)) {
    if (isBuiltIn(link.constructor)) return link.constructor.name
  }
  return type.prototype === Object.prototype ? 'Object' : undefined
}

function duplicates(classes: ReadonlyMap<string, Class>): ConfigProblem[] {
  const names = new Map<Class, string>()
  return [...classes].flatMap(([name, type]) => {
    const first = names.get(type)
    names.set(type, first ?? name)
    return first === undefined
      ? []
      : [problem(`classes.${name}`, `The same class is registered as ${first}.`, 'Keep one.')]
  })
}

const problem = (path: string, sentence: string, remedy: string): ConfigProblem => ({
  file: 'types',
  path,
  problem: sentence,
  remedy,
})
