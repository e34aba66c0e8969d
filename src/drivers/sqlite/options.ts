import { z } from 'zod'
import { byteSize } from '../../support/option-types.js'
import { migrateOption, prefixOption } from '../sql/options.js'

export const sqliteOptions = z.strictObject({
  path: z
    .string()
    .min(1)
    .refine((path) => path !== ':memory:', {
      message: 'is no file',
      params: { remedy: 'Name a file, or use the driver memory.' },
    })
    .meta({
      description: 'The file, created with its folder if it is missing. Relative to the configuration file.',
      examples: ['./data/scopes.db'],
    }),
  prefix: prefixOption,
  migrate: migrateOption,
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
      'The most bytes of pages in use, from 1mb. A change that would add content beyond it fails with STORAGE_FULL; the write-ahead log beside the file comes on top. Default: the size of the disk.',
    examples: ['2gb'],
  })
    .refine((bytes) => bytes >= 2 ** 20, { message: 'is less than 1mb', params: { remedy: 'Allow 1mb or more.' } })
    .optional(),
})

export type SqliteOptions = z.infer<typeof sqliteOptions>
