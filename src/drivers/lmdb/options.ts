import { z } from 'zod'
import { durabilityOption, maxBytesOption } from '../embedded/options.js'

export const lmdbOptions = z.strictObject({
  path: z
    .string()
    .min(1)
    .meta({
      description: 'The folder of the store, created if it is missing. Relative to the configuration file.',
      examples: ['./data'],
    }),
  durability: durabilityOption,
  maxBytes: maxBytesOption('the file itself may be somewhat larger'),
})

export type LmdbOptions = z.infer<typeof lmdbOptions>
