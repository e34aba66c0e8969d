import { z } from 'zod'

export const lmdbOptions = z.strictObject({
  /** The folder of the store; made when it is not there. Relative to the configuration file. */
  path: z.string().min(1),
  /**
   * What an acknowledged change survives: `commit` the end of this process, however sudden; `disk` a power failure too,
   * which under `commit` may undo the last changes. Neither damages the file.
   */
  durability: z.enum(['commit', 'disk']).default('commit'),
  /**
   * The most bytes of pages in use, from 1 MiB. What would add content beyond it is refused as STORAGE_FULL; the file
   * itself may be somewhat larger. Default: what the disk holds.
   */
  maxBytes: z
    .int()
    .min(2 ** 20)
    .optional(),
})

export type LmdbOptions = z.infer<typeof lmdbOptions>
