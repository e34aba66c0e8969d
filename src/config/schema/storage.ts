import { z } from 'zod'

const cacheName = (description: string, example: string) => z.string().meta({ description, examples: [example] })

/** Parsed to the names of the caches: that of `write`, and that of `fallback` if there are two. */
export const storageSchema = z
  .union([
    z.string(),
    z.strictObject({
      write: cacheName('The cache to which the records move, and that gets all new ones.', 'shared'),
      fallback: cacheName('The cache that still has the records which have not moved yet.', 'embedded'),
    }),
  ])
  .prefault('memory')
  .transform((given): { readonly write: string; readonly fallback?: string } =>
    typeof given === 'string' ? { write: given } : given,
  )
  .meta({
    description:
      'The cache that holds the records: the name of one with storage: true. Two of them while the records move: write and fallback.',
    examples: ['embedded'],
  })
