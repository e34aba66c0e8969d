import { z } from 'zod'
import type { CacheDefinition } from '../drivers/definition.js'
import { cacheShape, type Drivers } from './schema/cache.js'
import { fileSchema } from './schema/file.js'

/** The part of a JSON Schema that this package reads. */
export interface JsonSchema {
  readonly $ref?: string
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly format?: string
  readonly description?: string
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: JsonSchema | boolean
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
  readonly required?: readonly string[]
  readonly definitions?: Readonly<Record<string, JsonSchema>>
}

const conversion = { target: 'draft-7', io: 'input', unrepresentable: 'any' } as const

/** The draft-07 JSON Schema of a configuration file, for editors. The keys of a cache depend on its driver. */
export function configJsonSchema(drivers: Drivers): JsonSchema {
  const file = z.toJSONSchema(fileSchema(drivers), conversion) as JsonSchema
  const caches = { anyOf: [...drivers.values()].map(cacheJsonSchema) }
  const properties = { ...file.properties, caches: withEntries(file.properties?.caches ?? {}, caches) }
  return { ...withReferences({ ...file, properties }), definitions }
}

function withEntries({ anyOf = [], ...rest }: JsonSchema, entries: JsonSchema): JsonSchema {
  return {
    ...rest,
    anyOf: anyOf.map((form) => (form.type === 'object' ? { ...form, additionalProperties: entries } : form)),
  }
}

/** The keys common to all caches, and the driver's own, whose options may have several forms. */
function cacheJsonSchema({ name, options }: CacheDefinition): JsonSchema {
  const common = z.toJSONSchema(z.object(cacheShape([name])), conversion) as JsonSchema
  const { $schema: _, ...own } = z.toJSONSchema(options, conversion) as JsonSchema & { $schema?: string }
  const driver = { const: name, description: common.properties?.driver?.description ?? '' }
  const merged = (form: JsonSchema): JsonSchema => ({
    ...form,
    properties: { ...common.properties, driver, ...form.properties },
    required: [...(common.required ?? []), ...(form.required ?? [])],
  })
  return own.anyOf ? { anyOf: own.anyOf.map(merged) } : merged(own)
}

const reference: JsonSchema = { $ref: '#/definitions/reference' }
const definitions = {
  reference: { type: 'string', pattern: '\\$\\{', description: 'Filled in from the environment.' },
}

/** Allows `${NAME}` for every value that has a restricted form. */
function withReferences(schema: JsonSchema): JsonSchema {
  const { properties, additionalProperties, items, anyOf } = schema
  const inner: JsonSchema = {
    ...schema,
    ...(properties && { properties: mapValues(properties, withReferences) }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: withReferences(additionalProperties) }),
    ...(items && { items: withReferences(items) }),
    ...(anyOf && { anyOf: anyOf.map((form) => (isRestricted(form) ? form : withReferences(form))) }),
  }
  if (anyOf?.some(isRestricted)) return { ...inner, anyOf: [...(inner.anyOf ?? []), reference] }
  return isRestricted(inner) ? orReference(inner) : inner
}

const restrictions = ['enum', 'pattern', 'format', 'allOf']

function isRestricted(schema: JsonSchema): boolean {
  if ('const' in schema) return false
  return /number|integer|boolean/.test(schema.type ?? '') || restrictions.some((keyword) => keyword in schema)
}

/** Adds a reference as an alternative. Description, default and examples stay at the top, where editors show them. */
function orReference({ description, default: fallback, examples, ...form }: JsonSchema): JsonSchema {
  const about = { description, default: fallback, examples }
  return { ...withoutAbsent(about), anyOf: [form, reference] }
}

const withoutAbsent = <T extends object>(map: T) =>
  Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined))

const mapValues = <V>(map: Readonly<Record<string, V>>, change: (value: V) => V): Record<string, V> =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]))
