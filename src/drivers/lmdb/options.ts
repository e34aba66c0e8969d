import { z } from 'zod'
import { byteSize } from '../../support/option-types.js'

export const lmdbOptions = z.strictObject({
  path: z
    .string()
    .min(1)
    .meta({
      description: 'The folder of the store; made when it is not there. Relative to the configuration file.',
      examples: ['./data'],
    }),
  durability: z
    .enum(['commit', 'disk'])
    .default('commit')
    .meta({
      description:
        'What an acknowledged change survives: `commit` the end of this process, however sudden; `disk` a power failure too, which under `commit` may undo the last changes. Neither damages the file.',
      examples: ['disk'],
    }),
  maxBytes: byteSize({
    description:
      'The most bytes of pages in use, from 1mb. What would add content beyond it is refused as STORAGE_FULL; the file itself may be somewhat larger. Default: what the disk holds.',
    examples: ['2gb'],
  })
    .refine((bytes) => bytes >= 2 ** 20, { message: 'is less than 1mb', params: { remedy: 'Allow 1mb or more.' } })
    .optional(),
})

export type LmdbOptions = z.infer<typeof lmdbOptions>
