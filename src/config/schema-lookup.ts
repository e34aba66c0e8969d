import type { JsonSchema } from './json-schema.js'
import { isPlainMap, type Path, valueAt } from './path.js'

/** The keys allowed in the map on this path. */
export function knownKeys(schema: JsonSchema, tree: unknown, path: Path): string[] {
  return unique(schemasAt(schema, tree, path).flatMap(({ properties = {} }) => Object.keys(properties)))
}

export function exampleAt(schema: JsonSchema, tree: unknown, path: Path): unknown {
  return schemasAt(schema, tree, path).find(({ examples }) => examples)?.examples?.[0]
}

/** The maps in which a key of this name is allowed, as in `applications.<name>.session`. */
export function homesOf(schema: JsonSchema, key: string): readonly string[] {
  const known = allHomes.get(schema) ?? new Map<string, string[]>()
  if (!allHomes.has(schema)) collectHomes(schema, [], known)
  allHomes.set(schema, known)
  return known.get(key) ?? []
}

/** The homes of every key of a schema, which is walked once, however many keys are unknown. */
const allHomes = new WeakMap<JsonSchema, Map<string, string[]>>()

function collectHomes(schema: JsonSchema, path: Path, homes: Map<string, string[]>): void {
  for (const { properties = {}, additionalProperties } of alternatives(schema)) {
    for (const [name, below] of Object.entries(properties)) {
      const home = path.join('.')
      const found = homes.get(name) ?? []
      if (path.length > 0 && !found.includes(home)) homes.set(name, [...found, home])
      collectHomes(below, [...path, name], homes)
    }
    if (typeof additionalProperties === 'object') collectHomes(additionalProperties, [...path, anyName], homes)
  }
}

const anyName = '<name>'

/** The schemas for the value on this path. Several if the tree does not decide between alternatives. */
function schemasAt(schema: JsonSchema, tree: unknown, path: Path): JsonSchema[] {
  return path.reduce((schemas: JsonSchema[], key, index) => {
    const around = valueAt(tree, path.slice(0, index))
    const fitting = schemas.filter((candidate) => fits(candidate, around))
    return (fitting.length > 0 ? fitting : schemas).flatMap((candidate) => below(candidate, key)).flatMap(alternatives)
  }, alternatives(schema))
}

const alternatives = (schema: JsonSchema): JsonSchema[] => [schema, ...(schema.anyOf ?? []).flatMap(alternatives)]

/** Whether a map has the constants of a schema: a cache fits the schema of its driver. */
function fits({ properties = {} }: JsonSchema, value: unknown): boolean {
  return Object.entries(properties).every(
    ([key, { const: constant }]) => constant === undefined || (isPlainMap(value) && value[key] === constant),
  )
}

function below({ properties = {}, additionalProperties, items }: JsonSchema, key: PropertyKey): JsonSchema[] {
  if (typeof key === 'number') return items ? [items] : []
  const property = Object.hasOwn(properties, key) ? properties[String(key)] : additionalProperties
  return typeof property === 'object' ? [property] : []
}

const unique = <T>(values: readonly T[]) => [...new Set(values)]
