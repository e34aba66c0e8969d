import { z } from 'zod'
import { passwordOptions } from '../network/secret.js'
import {
  addressOption,
  hasPassword,
  portOption,
  refuserOf,
  repeatedBeside,
  severalPasswords,
  severalWays,
  tlsOption,
} from '../network/server-options.js'
import { migrateOption, prefixOption } from '../sql/options.js'

const encryptedModes = ['require', 'verify-ca', 'verify-full']

/** The options that name the server, of which a cache has at most one. Default: 127.0.0.1:5432. */
const ways = ['url', 'host', 'socket', 'hosts'] as const

export const postgresOptions = z
  .strictObject({
    url: z
      .url({ protocol: /^postgres(ql)?$/, error: 'a URL begins with postgres:// and names a host' })
      .optional()
      .meta({
        description:
          'postgres://[username[:password]@]host[:port][/database][?sslmode=require]. Of the parameters, sslmode and channel_binding are known.',
        examples: ['postgres://shop@127.0.0.1:5432/shop'],
      }),
    host: z.string().min(1).optional(),
    port: portOption,
    socket: z
      .string()
      .startsWith('/', 'a socket is named by the absolute path of its folder')
      .optional()
      .meta({ description: 'The folder of a Unix socket.', examples: ['/run/postgresql'] }),
    hosts: z
      .array(addressOption('10.0.0.1:5432'))
      .min(1)
      .optional()
      .meta({
        description: 'A primary and its replicas, in any order. The one that accepts writes is used.',
        examples: [['10.0.0.1:5432', '10.0.0.2:5432']],
      }),
    database: z
      .string()
      .min(1)
      .max(63)
      .optional()
      .meta({ description: 'The database, which must exist. Default: the name of the user.', examples: ['shop'] }),
    username: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'Default: postgres.', examples: ['shop'] }),
    ...passwordOptions(),
    tls: tlsOption('postgres').optional(),
    schema: z
      .string()
      .regex(/^[a-z_][a-z\d_]{0,62}$/, 'a schema has small letters, digits and _')
      .default('scopes')
      .meta({ description: 'The schema of the tables.', examples: ['shop_scopes'] }),
    prefix: prefixOption,
    migrate: migrateOption,
    connections: z
      .int()
      .min(1)
      .max(64)
      .default(4)
      .meta({
        description: 'The most connections for statements, made as they are needed; one more listens for notices.',
        examples: [8],
      }),
    pooler: z
      .enum(['none', 'transaction'])
      .default('none')
      .meta({
        description:
          '`transaction`: between this process and the server is a pooler such as pgbouncer that gives each transaction any connection.',
        examples: ['transaction'],
      }),
    listen: z
      .url({ protocol: /^postgres(ql)?$/, error: 'a URL begins with postgres:// and names a host' })
      .optional()
      .meta({
        description:
          'The URL of the server itself for notices, which a pooler cannot carry. Without it there are none.',
        examples: ['postgres://shop@10.0.0.1:5432/shop'],
      }),
  })
  .check(({ value, issues }) => {
    const refuse = refuserOf(value, issues)
    for (const { key, message, remedy } of [
      ...severalWays(ways, value),
      ...repeatedBeside('database', value),
      ...severalPasswords(value, hasPassword(value.url)),
    ])
      refuse(key, message, remedy)
    for (const { message, remedy } of repeatedBeside('database', { url: value.listen }))
      refuse('listen', message, remedy)
    for (const key of ['url', 'listen'] as const) {
      const text = value[key]
      if (text === undefined || !URL.canParse(text)) continue
      for (const [name, content] of new URL(text).searchParams)
        if (!isKnown(name, content)) refuse(key, `has the parameter ${wordsFor(name, content)}`, known)
      if (asksForTls(text) && value.tls === false)
        refuse('tls', `contradicts the ${key}, which asks for TLS`, 'Write it in one place.')
      if (key === 'url' && refusesTls(text) && value.tls)
        refuse('tls', 'contradicts the url, which asks for none', 'Write it in one place.')
    }
    if (value.listen !== undefined && value.pooler === 'none')
      refuse('listen', 'is only for a pooler', 'Remove it: without a pooler the server itself is listened to.')
  })

const known = 'Of the parameters, sslmode=disable|require|verify-ca|verify-full and channel_binding are known.'

const isKnown = (name: string, content: string): boolean =>
  name === 'channel_binding' || (name === 'sslmode' && [...encryptedModes, 'disable'].includes(content))

const wordsFor = (name: string, content: string): string =>
  name === 'sslmode'
    ? `sslmode=${content}, a value that this driver does not know`
    : `${name}, which this driver does not know`

const sslModeOf = (url: string): string => new URL(url).searchParams.get('sslmode') ?? ''

/** Whether a URL asks for TLS. The certificate is verified in each of these modes. */
export const asksForTls = (url: string): boolean => encryptedModes.includes(sslModeOf(url))

export const refusesTls = (url: string): boolean => sslModeOf(url) === 'disable'

export type PostgresOptions = z.infer<typeof postgresOptions>
