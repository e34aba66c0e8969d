import { z } from 'zod'
import type { CacheDefinition } from '../../drivers/definition.js'
import { waitingTime } from '../../support/option-types.js'
import { encryption } from './encryption.js'

export type Drivers = ReadonlyMap<string, CacheDefinition>

/** The keys that every cache has; the others belong to its driver. */
export const cacheShape = (drivers: readonly string[]) => ({
  driver: z.enum(drivers).meta({ description: 'The technology this cache is built on.', examples: ['lmdb'] }),
  storage: z
    .boolean()
    .prefault(false)
    .meta({
      description: 'This cache may hold scopes. Without it, it is an object cache.',
      examples: [true],
    }),
  deadline: waitingTime({
    description: 'Every call to the store ends within this time, which is at most 24d.',
    examples: ['5s'],
  }).prefault('5s'),
  encrypt: encryption.optional(),
})

type RawIssue = z.core.$ZodRawIssue

export function cacheSchema(drivers: Drivers) {
  return z
    .looseObject(cacheShape([...drivers.keys()]))
    .transform(({ driver, storage, deadline: deadlineMs, encrypt, ...rest }, context) => {
      const definition = drivers.get(driver)
      const options = definition?.options.safeParse(rest)
      const common = { storage, deadlineMs, ...(encrypt && { encrypt }) }
      if (definition && options?.success) return { driver: definition, options: options.data, ...common }
      for (const issue of options?.error?.issues ?? []) context.issues.push({ ...issue, input: rest } as RawIssue)
      return z.NEVER
    })
}
