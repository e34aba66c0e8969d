import { z } from 'zod'
import { passwordOptions } from '../network/secret.js'
import { portOption, refuserOf, severalPasswords, tlsOption } from '../network/server-options.js'
import { partsOf } from './url.js'

const highestPort = 65_535
const isPort = (port: number) => port >= 1 && port <= highestPort

const address = z
  .string()
  .regex(/^(\[[\da-f:.]+\]|[^\s:/@[\],?]+)(:\d{1,5})?$/i, 'an address is written host:port')
  .refine((text) => !/:\d+$/.test(text) || isPort(Number(text.slice(text.lastIndexOf(':') + 1))), {
    message: 'has a port that is not between 1 and 65535',
    params: { remedy: 'Write it as in 10.0.0.1:27017.' },
  })
  .meta({ examples: ['10.0.0.1:27017'] })

const text = z.string().min(1).optional()

/** The options that name the servers, of which a cache has at most one. Default: 127.0.0.1:27017. */
const ways = ['url', 'host', 'hosts'] as const

/** The options of a URL that this driver sets itself, because its promises depend on them; `w=majority` agrees with it. */
const ours =
  /^(w(?!=majority$)|journal|j|wtimeoutms|readpreference|readpreferencetags|maxstalenessseconds|readconcernlevel|timeoutms|sockettimeoutms|waitqueuetimeoutms|serverselectiontimeoutms|connecttimeoutms|heartbeatfrequencyms)=/i

export const mongodbOptions = z
  .strictObject({
    url: z
      .string()
      .refine((url) => partsOf(url) !== undefined, {
        message: 'a URL begins with mongodb:// or mongodb+srv:// and names a host',
        params: {
          remedy:
            'In its user and password write the characters @ : / ? # [ ] % as %40 %3A %2F %3F %23 %5B %5D %25, or use the keys username: and password:.',
        },
      })
      .optional()
      .meta({
        description: 'mongodb://[username:password@]host[:port][,host...][/database][?options], or mongodb+srv://.',
        examples: ['mongodb://127.0.0.1:27017'],
      }),
    host: text,
    port: portOption,
    hosts: z
      .array(address)
      .min(1)
      .optional()
      .meta({
        description: 'Some members of a replica set, or the mongos of a sharded cluster.',
        examples: [['10.0.0.1:27017', '10.0.0.2:27017']],
      }),
    replicaSet: text.meta({ description: 'The name that the replica set must have.', examples: ['rs0'] }),
    username: text,
    ...passwordOptions(),
    authSource: text.meta({ description: 'The database that knows the user. Default: admin.', examples: ['admin'] }),
    database: z
      .string()
      .regex(/^[\w-]{1,63}$/, 'the name of a database has only letters, digits, _ and -, and at most 63 of them')
      .optional()
      .meta({ description: 'The database to use. Default: the one in the URL, else scopes.', examples: ['shop'] }),
    prefix: z
      .string()
      .regex(
        /^(?!\.|system\.)(?!.*\.\.)[\w.:-]{0,32}$/,
        'a prefix has only letters, digits and . : _ -, and at most 32',
      )
      .default('scopes:')
      .meta({ description: 'The beginning of the names of all collections.', examples: ['shop:'] }),
    tls: tlsOption('mongodb').optional(),
    connections: z
      .int()
      .min(1)
      .max(1_000)
      .default(20)
      .meta({ description: 'The most connections of this process to a server.', examples: [20] }),
  })
  .check(({ value, issues }) => {
    const refuse = refuserOf(value, issues)
    const [first, ...others] = ways.filter((way) => value[way] !== undefined)
    for (const other of others) refuse(other, `cannot be combined with ${first}`, 'Name the servers in one way.')
    if (value.port !== undefined && first === 'hosts') refuse('port', 'cannot be combined with hosts', 'Remove it.')
    if (value.port !== undefined && first === 'url') refuse('port', 'cannot be combined with url', 'Remove it.')
    for (const { key, message, remedy } of severalPasswords(value, false)) refuse(key, message, remedy)
    const secret = (['password', 'passwordFile'] as const).find((key) => value[key] !== undefined)
    if (secret && value.username === undefined) refuse(secret, 'is without a username', 'Add username:.')
    for (const [key, message, remedy] of value.url === undefined ? [] : mistakesBeside(value.url, value))
      refuse(key, message, remedy)
  })

type Repeatable = 'username' | 'password' | 'passwordFile' | 'database' | 'authSource' | 'replicaSet' | 'tls'

/** The keys that say what the URL says too, and the options in the URL that this driver sets itself. */
function* mistakesBeside(
  url: string,
  beside: { readonly [Key in Repeatable]?: unknown },
): Generator<[key: Repeatable | 'url', message: string, remedy: string]> {
  const parts = partsOf(url)
  if (!parts) return
  const names = [...parts.query.keys()].map((name) => name.toLowerCase())
  const given = {
    username: parts.username !== undefined,
    password: parts.password !== undefined || parts.username !== undefined,
    passwordFile: parts.username !== undefined,
    database: parts.database !== undefined,
    authSource: names.includes('authsource'),
    replicaSet: names.includes('replicaset'),
    tls: names.includes('tls') || names.includes('ssl'),
  }
  for (const key of Object.keys(given) as Repeatable[])
    if (given[key] && beside[key] !== undefined) yield [key, 'is in the url too', 'Write it in one place.']
  for (const [name, value] of parts.query)
    if (ours.test(`${name}=${value}`))
      yield ['url', `has the option ${name}, which this driver sets itself`, 'Remove it.']
}

export type MongodbOptions = z.infer<typeof mongodbOptions>
