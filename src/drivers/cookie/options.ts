import { z } from 'zod'
import { secretKeys } from '../../support/secret-keys.js'

export const cookieOptions = z.strictObject({
  keys: secretKeys({
    description:
      'Secrets of at least 32 random bytes. The first seals, each opens, so a new one is put in front of the old one. An empty entry behind the first is no key.',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: references of a configuration
    examples: [['${SEALING_KEY_1}', '${SEALING_KEY_2:-}']],
  }),
  cookies: z
    .union([z.literal(1), z.literal(2)])
    .default(1)
    .meta({
      description:
        'How many cookies one record may take. One holds about 2.7 KB, two hold 5.5 KB; some proxies refuse requests with two.',
      examples: [2],
    }),
  revocations: z
    .string()
    .optional()
    .meta({
      description:
        'The cache that remembers which records have ended or were rotated, so that a copied cookie does not bring them back. It is asked at each request.',
      examples: ['shared'],
    }),
})
