import { z } from 'zod'

export const prefixOption = z
  .string()
  .regex(/^[\w.:-]{0,64}$/, 'a prefix has at most 64 letters, digits and . : _ -')
  .default('scopes:')
  .meta({
    description: 'Tells apart environments that share the tables: a prefix sees only its own records.',
    examples: ['shop:'],
  })

export const migrateOption = z
  .enum(['auto', 'check'])
  .default('auto')
  .meta({
    description:
      '`auto`: a start creates missing tables, and brings those of the version before to this one. `check`: it refuses to start without them.',
    examples: ['check'],
  })
