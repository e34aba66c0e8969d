interface Fault {
  readonly reason: string
  readonly remedy: string
}

const defined = 'Define it with defineDriver({ name, options, capabilities, create }).'
const fromHere = "Import z from 'koa-scopes', whose schemas are of the same zod."

/** The reason why a value is not the definition of a driver; undefined if it is one. */
export function faultOf(definition: unknown): Fault | undefined {
  if (typeof definition !== 'object' || definition === null) return { reason: 'it is not an object', remedy: defined }
  const { name, options, capabilities, create } = definition as Readonly<Record<string, unknown>>
  if (typeof name !== 'string' || name === '') return { reason: 'it has no name', remedy: defined }
  for (const [member, value] of Object.entries({ capabilities, create })) {
    if (typeof value !== 'function') return { reason: `${member} is not a function`, remedy: defined }
  }
  return isSchema(options) ? undefined : { reason: 'its options are not a schema of zod 4', remedy: fromHere }
}

/** Schemas of zod 3 have no `_zod`; they answer in other words, and have no JSON Schema. */
const isSchema = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && '_zod' in value && 'safeParse' in value
