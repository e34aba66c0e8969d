import { z } from 'zod'
import { secretKeys } from '../../support/secret-keys.js'

/** How the values of a cache are sealed in its store. */
export const encryption = z
  .strictObject({
    keys: secretKeys({
      description:
        'Secrets of at least 32 random bytes. The first seals, each opens, so a new one is put in front of the old one. An empty entry behind the first is no key.',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: references of a configuration
      examples: [['${STORE_KEY_1}', '${STORE_KEY_2:-}']],
    }),
    plain: z
      .enum(['refuse', 'read', 'write'])
      .prefault('refuse')
      .meta({
        description:
          'Values that are not sealed. refuse: they are undecodable. read: they are read, and sealed when they change. write: the same, and values are not sealed yet, until every node has the keys.',
        examples: ['read'],
      }),
  })
  .meta({
    description:
      'Seals the values of records and objects with AES-256-GCM before the store gets them. Ids, names, principals and times are not sealed.',
  })
