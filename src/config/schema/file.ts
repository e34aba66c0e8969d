import { z } from 'zod'
import { applicationSchema } from './application.js'
import { cacheSchema, type Drivers } from './cache.js'
import { serverSchema } from './server.js'

/** What caches and applications may be called. */
export const namePattern = /^[A-Za-z][A-Za-z0-9_-]*$/

/** The whole file. An entry is a Map: names such as `constructor` are names like any other. */
export const fileSchema = (drivers: Drivers) =>
  z.strictObject({
    server: serverSchema,
    caches: named(
      cacheSchema(drivers),
      'The named caches. There is a built-in one, memory, unless one of this name is declared.',
    ),
    applications: named(applicationSchema, 'The applications by their names.'),
  })

/** A configuration as an object: what the file says, in the same words. */
export type ConfigInput = z.input<ReturnType<typeof fileSchema>>

/** A configuration whose every value has been read, with the defaults that depend on nothing else. */
export type Draft = z.output<ReturnType<typeof fileSchema>>

/** Names are checked apart, so that mistakes below a wrong one are found too. */
function named<Entry extends z.ZodType>(entry: Entry, description: string) {
  const name = z.string().meta({ pattern: namePattern.source })
  return z
    .record(name, entry)
    .nullish()
    .transform((entries): ReadonlyMap<string, z.output<Entry>> => new Map(Object.entries(entries ?? {})))
    .meta({ description })
}
