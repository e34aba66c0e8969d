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
export function homesOf(schema: JsonSchema, key: string, path: Path = []): string[] {
  return unique(
    alternatives(schema).flatMap(({ properties = {}, additionalProperties }) => [
      ...(Object.hasOwn(properties, key) && path.length > 0 ? [path.join('.')] : []),
      ...Object.entries(properties).flatMap(([name, below]) => homesOf(below, key, [...path, name])),
      ...(typeof additionalProperties === 'object' ? homesOf(additionalProperties, key, [...path, anyName]) : []),
    ]),
  )
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
