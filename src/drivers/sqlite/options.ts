import { z } from 'zod'
import { ownWords } from '../../support/own-words.js'
import { durabilityOption, maxBytesOption } from '../embedded/options.js'
import { migrateOption, prefixOption } from '../sql/options.js'

export const sqliteOptions = z.strictObject({
  path: z
    .string()
    .min(1)
    .refine((path) => path !== ':memory:', {
      message: 'is no file',
      params: ownWords('Name a file, or use the driver memory.'),
    })
    .meta({
      description: 'The file, created with its folder if it is missing. Relative to the configuration file.',
      examples: ['./data/scopes.db'],
    }),
  prefix: prefixOption,
  migrate: migrateOption,
  durability: durabilityOption,
  maxBytes: maxBytesOption('the write-ahead log beside the file comes on top'),
})

export type SqliteOptions = z.infer<typeof sqliteOptions>
