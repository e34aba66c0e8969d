import type { JsonSchema } from '../../src/config/json-schema.js'

export interface SchemaKey {
  readonly key: string
  readonly schema: JsonSchema
}

/** Every key that a schema knows, at any depth. */
export function keysOf({ properties = {}, additionalProperties, items, anyOf = [] }: JsonSchema): SchemaKey[] {
  const inner = [additionalProperties, items, ...anyOf].filter((schema) => typeof schema === 'object')
  return [
    ...Object.entries(properties).flatMap(([key, schema]) => [{ key, schema }, ...keysOf(schema)]),
    ...inner.flatMap(keysOf),
  ]
}
