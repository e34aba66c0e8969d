import { z } from 'zod'
import { byteSize } from '../../support/option-types.js'

export const memoryOptions = z.strictObject({
  maxEntries: z
    .int()
    .positive()
    .default(100_000)
    .meta({ description: 'The most records and objects held, all spaces together.', examples: [10_000] }),
  maxBytes: byteSize({
    description:
      'The most bytes they may take, names and about 600 bytes for each record included. Default: no limit but maxEntries.',
    examples: ['256mb'],
  }).optional(),
})

export type MemoryOptions = z.infer<typeof memoryOptions>
