import { z } from 'zod'
import { byteSize } from '../../support/option-types.js'
import { ownWords } from '../../support/own-words.js'

export const durabilityOption = z
  .enum(['commit', 'disk'])
  .default('commit')
  .meta({
    description:
      'The failures that an acknowledged change survives. `commit`: any end of this process; a power failure may undo the last changes. `disk`: a power failure too. Neither damages the file.',
    examples: ['disk'],
  })

/** `more`: what the limit leaves out. */
export const maxBytesOption = (more: string) =>
  byteSize({
    description: `The most bytes of pages in use, from 1mb. A change that would add content beyond it fails with STORAGE_FULL; ${more}. Default: the size of the disk.`,
    examples: ['2gb'],
  })
    .refine((bytes) => bytes >= 2 ** 20, { message: 'is less than 1mb', params: ownWords('Allow 1mb or more.') })
    .optional()
