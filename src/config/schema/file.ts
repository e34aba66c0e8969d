import { z } from 'zod'
import { adminSchema } from './admin.js'
import { applicationSchema } from './application.js'
import { cacheSchema, type Drivers } from './cache.js'
import { metricsSchema } from './metrics.js'
import { serverSchema } from './server.js'

/** The form of the names of caches and applications. */
export const namePattern = /^[A-Za-z][A-Za-z0-9_-]*$/

/** The schema of the whole file. Caches and applications become Maps, so that names such as `constructor` are safe. */
export const fileSchema = (drivers: Drivers) =>
  z.strictObject({
    server: serverSchema,
    metrics: metricsSchema,
    admin: adminSchema,
    caches: named(
      cacheSchema(drivers),
      'The named caches. There is a built-in one, memory, unless one of this name is declared.',
    ),
    applications: named(applicationSchema, 'The applications by their names.'),
  })

/** A configuration as an object, with the same keys and values as the file. */
export type ConfigInput = z.input<ReturnType<typeof fileSchema>>

/** A configuration with every value parsed, and with the defaults that do not depend on other values. */
export type Draft = z.output<ReturnType<typeof fileSchema>>

/** A map with names as keys. `checks/names.ts` checks the names, so that problems below a wrong name are found too. */
function named<Entry extends z.ZodType>(entry: Entry, description: string) {
  const name = z.string().meta({ pattern: namePattern.source })
  return z
    .record(name, entry)
    .nullish()
    .transform((entries): ReadonlyMap<string, z.output<Entry>> => new Map(Object.entries(entries ?? {})))
    .meta({ description })
}
