import { z } from 'zod'

/** The shortest token that counts as configured. */
const shortestToken = 16

const map = z.strictObject({
  host: z
    .string()
    .min(1)
    .prefault('127.0.0.1')
    .meta({
      description: 'The address that the admin page listens on. One that other machines can reach needs a token.',
      examples: ['127.0.0.1'],
    }),
  port: z
    .int()
    .min(0)
    .max(65535)
    .prefault(9090)
    .meta({ description: 'The port of the admin page; 0 means any that is free.', examples: [9090] }),
  token: z
    .string()
    .optional()
    .transform((token) => token || undefined)
    .refine((token) => token === undefined || token.length >= shortestToken, {
      message: `has fewer than ${shortestToken} characters, which can be guessed`,
      params: { remedy: 'Write a longer one, or remove it: then each start makes one.' },
    })
    .meta({
      description:
        'The secret that opens the admin page, of at least 16 characters. Absent or empty: each start makes one and prints it.',
      examples: [`\${ADMIN_TOKEN:-}`],
    }),
  hosts: z
    .array(
      z
        .string()
        .regex(/^[a-z\d]([a-z\d.-]*[a-z\d])?$/i, 'a host has neither scheme nor port')
        .meta({ description: 'A host name, without port.', examples: ['admin.example.com'] }),
    )
    .prefault([])
    .meta({
      description:
        'Further names under which operators open the admin page, such as that of a proxy before it. Addresses, localhost and `host` need not be listed.',
      examples: [['admin.example.com']],
    }),
})

export const adminSchema = z
  .union([z.literal(false), map.nullable()])
  .optional()
  .transform((given) => (given === null ? map.parse({}) : given || undefined))
  .meta({ description: 'The page for operators. Absent or false: off. Empty: on, with all defaults.' })
