import { z } from 'zod'

const highestPort = 65_535

const address = z
  .string()
  .regex(/^(\[[\da-f:.]+\]|[^\s:/@[\]]+):\d{1,5}$/i, 'an address is written host:port')
  .refine((text) => isPort(Number(text.slice(text.lastIndexOf(':') + 1))), {
    message: 'has a port that is not between 1 and 65535',
    params: { remedy: 'Write it as in 10.0.0.1:6379.' },
  })
  .meta({ examples: ['10.0.0.1:6379'] })

const fileName = (description: string) =>
  z
    .string()
    .min(1)
    .optional()
    .meta({ description, examples: ['./redis-ca.pem'] })

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
        examples: ['redis.example.com'],
      }),
  }),
])

const sentinel = z.strictObject({
  name: z
    .string()
    .min(1)
    .meta({ description: 'The name of the master in the sentinels.', examples: ['mymaster'] }),
  nodes: z.array(address).min(1),
  username: z.string().min(1).optional(),
  password: z.string().min(1).optional(),
})

const isPort = (port: number) => port >= 1 && port <= highestPort

/** The options that name the server, of which a cache has at most one. Default: 127.0.0.1:6379. */
const ways = ['url', 'host', 'socket', 'sentinel', 'cluster'] as const

export const redisOptions = z
  .strictObject({
    url: z
      .url({ protocol: /^rediss?$/, error: 'a URL begins with redis:// or rediss:// and names a host' })
      .regex(/^rediss?:\/\/[^/?#]+(\/\d*)?$/, 'a URL ends with its port or the number of a database')
      .optional()
      .meta({
        description: 'redis://[[username]:password@]host[:port][/db], or rediss:// for TLS.',
        examples: ['redis://127.0.0.1:6379'],
      }),
    host: z.string().min(1).optional(),
    port: z.int().min(1).max(highestPort).optional(),
    socket: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'The path of a Unix socket.', examples: ['/run/redis/redis.sock'] }),
    sentinel: sentinel.optional(),
    cluster: z
      .array(address)
      .min(1)
      .optional()
      .meta({
        description: 'Some nodes of a Redis Cluster; the others are found through them.',
        examples: [['10.0.0.1:6379', '10.0.0.2:6379']],
      }),
    username: z.string().min(1).optional(),
    password: z.string().min(1).optional(),
    db: z.int().min(0).optional(),
    tls: tls.optional(),
    prefix: z
      .string()
      .regex(/^[\w.:-]*$/, 'a prefix has only letters, digits and . : _ -')
      .default('scopes:')
      .meta({ description: 'The beginning of the names of all keys.', examples: ['shop:'] }),
    buckets: z
      .int()
      .min(1)
      .max(16_384)
      .optional()
      .meta({
        description:
          'The number of parts in which the records of a scope are stored; one node of a cluster holds each part. Default: 1, on a cluster 256. Fixed when a prefix is first used.',
        examples: [256],
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
    if (value.cluster && value.db !== undefined && value.db !== 0)
      refuse('db', 'is not a database of a cluster', 'A cluster has only the database 0.')
  })

const onePlace = 'Write it in one place.'
const encoded =
  'In a URL write the characters @ : / ? # [ ] % as %40 %3A %2F %3F %23 %5B %5D %25, or use the keys username: and password:.'

type Repeatable = 'port' | 'username' | 'password' | 'db' | 'tls'

/** The keys that say what the URL says too. They could only agree with it or contradict it. */
function* repeatedBeside(
  url: string,
  beside: { readonly [Key in Repeatable]?: unknown },
): Generator<[key: Repeatable | 'url', message: string, remedy?: string]> {
  if (!URL.canParse(url)) return
  const { port, username, password, pathname, protocol } = new URL(url)
  if (![username, password].every(isDecodable)) {
    yield ['url', 'has a % in its user or password that is not written as %25', encoded]
    return
  }
  const given = { port, username, password, db: pathname.slice(1) }
  for (const key of ['port', 'username', 'password', 'db'] as const)
    if (given[key] !== '' && beside[key] !== undefined) yield [key, 'is in the url too']
  if (protocol === 'rediss:' && beside.tls === false) yield ['tls', 'contradicts the url, which begins with rediss://']
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

export type RedisOptions = z.infer<typeof redisOptions>
