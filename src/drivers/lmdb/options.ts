import { z } from 'zod'
import { byteSize } from '../../support/option-types.js'

export const lmdbOptions = z.strictObject({
  path: z
    .string()
    .min(1)
    .meta({
      description: 'The folder of the store, created if it is missing. Relative to the configuration file.',
      examples: ['./data'],
    }),
  durability: z
    .enum(['commit', 'disk'])
    .default('commit')
    .meta({
      description:
        'The failures that an acknowledged change survives. `commit`: any end of this process; a power failure may undo the last changes. `disk`: a power failure too. Neither damages the file.',
      examples: ['disk'],
    }),
  maxBytes: byteSize({
    description:
      'The most bytes of pages in use, from 1mb. A change that would add content beyond it fails with STORAGE_FULL; the file itself may be somewhat larger. Default: the size of the disk.',
    examples: ['2gb'],
  })
    .refine((bytes) => bytes >= 2 ** 20, { message: 'is less than 1mb', params: { remedy: 'Allow 1mb or more.' } })
    .optional(),
})

export type LmdbOptions = z.infer<typeof lmdbOptions>
