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

/** The options that name the server, of which a cache has at most one. Default: 127.0.0.1:3306. */
const ways = ['url', 'host', 'socket', 'hosts'] as const

export const mariadbOptions = z
  .strictObject({
    url: z
      .url({ protocol: /^(mariadb|mysql)$/, error: 'a URL begins with mariadb:// or mysql:// and names a host' })
      .regex(/^\w+:\/\/[^/?#]+(\/[^/?#]*)?$/, 'a URL ends with its port or the name of a database')
      .optional()
      .meta({
        description: 'mariadb://[username[:password]@]host[:port]/database.',
        examples: ['mariadb://shop@127.0.0.1:3306/shop'],
      }),
    host: z.string().min(1).optional(),
    port: portOption,
    socket: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'The path of a Unix socket.', examples: ['/run/mysqld/mysqld.sock'] }),
    hosts: z
      .array(addressOption('10.0.0.1:3306'))
      .min(1)
      .optional()
      .meta({
        description: 'Several servers that replicate each other. The one that accepts writes is used.',
        examples: [['10.0.0.1:3306', '10.0.0.2:3306']],
      }),
    database: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .meta({ description: 'The database, which must exist. Needed unless the URL names it.', examples: ['shop'] }),
    username: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'Default: root.', examples: ['shop'] }),
    ...passwordOptions(),
    tls: tlsOption('mariadb').optional(),
    prefix: prefixOption,
    tables: z
      .string()
      .regex(/^[a-z][a-z\d_]{0,39}$/, 'table names begin with at most 40 small letters, digits and _')
      .default('scopes_')
      .meta({ description: 'The beginning of the names of all tables.', examples: ['shop_scopes_'] }),
    migrate: migrateOption,
    connections: z
      .int()
      .min(1)
      .max(64)
      .default(4)
      .meta({
        description:
          'How many connections a process uses for loads; up to as many more for changes, claims and listings.',
        examples: [8],
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
    if (value.database === undefined && !databaseIn(value.url))
      refuse('database', 'is missing', 'Name the database here or at the end of the url.')
  })

const databaseIn = (url: string | undefined): boolean =>
  url !== undefined && URL.canParse(url) && new URL(url).pathname.length > 1

export type MariadbOptions = z.infer<typeof mariadbOptions>
