import { z } from 'zod'

const highestPort = 65_535

const isPort = (port: number) => port >= 1 && port <= highestPort

const address = z
  .string()
  .regex(/^(\[[\da-f:.]+\]|[^\s:/@[\]]+):\d{1,5}$/i, 'an address is written host:port')
  .refine((text) => isPort(Number(text.slice(text.lastIndexOf(':') + 1))), {
    message: 'has a port that is not between 1 and 65535',
    params: { remedy: 'Write it as in 10.0.0.1:3306.' },
  })
  .meta({ examples: ['10.0.0.1:3306'] })

const fileName = (description: string) =>
  z
    .string()
    .min(1)
    .optional()
    .meta({ description, examples: ['./mariadb-ca.pem'] })

const tls = z.union([
  z.boolean(),
  z.strictObject({
    ca: fileName(
      'The authority that signed the certificate of the server; a PEM file, relative to the configuration file.',
    ),
    cert: fileName('The certificate this client shows; a PEM file.'),
    key: fileName('The key of that certificate; a PEM file.'),
    servername: z
      .string()
      .min(1)
      .optional()
      .meta({
        description: 'The name the certificate must be for. Default: the host.',
        examples: ['mariadb.example.com'],
      }),
  }),
])

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
    port: z.int().min(1).max(highestPort).optional(),
    socket: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'The path of a Unix socket.', examples: ['/run/mysqld/mysqld.sock'] }),
    hosts: z
      .array(address)
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
    password: z.string().min(1).optional(),
    tls: tls.optional(),
    prefix: z
      .string()
      .regex(/^[\w.:-]{0,64}$/, 'a prefix has at most 64 letters, digits and . : _ -')
      .default('scopes:')
      .meta({
        description: 'Tells apart environments that share one database: a prefix sees only its own records.',
        examples: ['shop:'],
      }),
    tables: z
      .string()
      .regex(/^[a-z][a-z\d_]{0,39}$/, 'table names begin with at most 40 small letters, digits and _')
      .default('scopes_')
      .meta({ description: 'The beginning of the names of all tables.', examples: ['shop_scopes_'] }),
    migrate: z
      .enum(['auto', 'check'])
      .default('auto')
      .meta({
        description: 'auto creates missing tables at the start. check refuses to start without them.',
        examples: ['check'],
      }),
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
    const refuse = (key: keyof typeof value, message: string, remedy: string) =>
      issues.push({ code: 'custom', input: value, path: [key], message, params: { remedy } })
    const [first, ...others] = ways.filter((way) => value[way] !== undefined)
    for (const other of others) refuse(other, `cannot be combined with ${first}`, 'Name the server in one way.')
    if (value.url !== undefined)
      for (const [key, message, remedy = onePlace] of repeatedBeside(value.url, value)) refuse(key, message, remedy)
    if (value.port !== undefined && first !== undefined && first !== 'url' && first !== 'host')
      refuse('port', `cannot be combined with ${first}`, 'Remove it.')
    if (value.database === undefined && !databaseIn(value.url))
      refuse('database', 'is missing', 'Name the database here or at the end of the url.')
  })

const onePlace = 'Write it in one place.'
const encoded =
  'In a URL write the characters @ : / ? # [ ] % as %40 %3A %2F %3F %23 %5B %5D %25, or use the keys username: and password:.'

type Repeatable = 'port' | 'username' | 'password' | 'database'

/** The keys that say what the URL says too. They could only agree with it or contradict it. */
function* repeatedBeside(
  url: string,
  beside: { readonly [Key in Repeatable]?: unknown },
): Generator<[key: Repeatable | 'url', message: string, remedy?: string]> {
  if (!URL.canParse(url)) return
  const { port, username, password, pathname } = new URL(url)
  if (![username, password, pathname].every(isDecodable)) {
    yield ['url', 'has a % in its user, password or database that is not written as %25', encoded]
    return
  }
  const given = { port, username, password, database: pathname.slice(1) }
  for (const key of ['port', 'username', 'password', 'database'] as const)
    if (given[key] !== '' && beside[key] !== undefined) yield [key, 'is in the url too']
}

const databaseIn = (url: string | undefined): boolean =>
  url !== undefined && URL.canParse(url) && new URL(url).pathname.length > 1

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

export type MariadbOptions = z.infer<typeof mariadbOptions>
