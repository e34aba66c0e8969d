import { z } from 'zod'

export const memoryOptions = z.strictObject({
  /** The most records and objects held, all spaces together. */
  maxEntries: z.int().positive().default(100_000),
  /** The most bytes they may take, names and about 600 bytes for each record included. Default: no limit but `maxEntries`. */
  maxBytes: z.int().positive().optional(),
})

export type MemoryOptions = z.infer<typeof memoryOptions>
