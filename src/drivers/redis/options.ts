import { z } from 'zod'

const address = z
  .string()
  .regex(/^(\[[\da-f:.]+\]|[^\s:/@[\]]+):\d{1,5}$/i, 'an address is written host:port')
  .meta({ examples: ['10.0.0.1:6379'] })

const fileName = z.string().min(1)

const tls = z.union([
  z.boolean(),
  z.strictObject({
    /** Files in PEM form, relative to the configuration file. */
    ca: fileName.optional(),
    cert: fileName.optional(),
    key: fileName.optional(),
    /** The name the certificate must be for. Default: the host. */
    servername: z.string().min(1).optional(),
  }),
])

const sentinel = z.strictObject({
  /** What the sentinels call the master. */
  name: z.string().min(1),
  nodes: z.array(address).min(1),
  username: z.string().min(1).optional(),
  password: z.string().min(1).optional(),
})

/** A cache names its server in one of these ways; without any it is 127.0.0.1:6379. */
const ways = ['url', 'host', 'socket', 'sentinel', 'cluster'] as const

export const redisOptions = z
  .strictObject({
    /** redis://[[username]:password@]host[:port][/db], or rediss:// for TLS. */
    url: z
      .url({ protocol: /^rediss?$/, error: 'a URL begins with redis:// or rediss:// and names a host' })
      .regex(/^rediss?:\/\/[^/?#]+(\/\d*)?$/, 'a URL ends with its port or the number of a database')
      .optional()
      .meta({ examples: ['redis://127.0.0.1:6379'] }),
    host: z.string().min(1).optional(),
    port: z.int().min(1).max(65_535).default(6379),
    /** The path of a Unix socket. */
    socket: z.string().min(1).optional(),
    sentinel: sentinel.optional(),
    /** Some nodes of a Redis Cluster; the others are found through them. */
    cluster: z.array(address).min(1).optional(),
    username: z.string().min(1).optional(),
    password: z.string().min(1).optional(),
    db: z.int().min(0).default(0),
    tls: tls.default(false),
    /** What the names of all keys begin with, behind the brace that some begin with. */
    prefix: z
      .string()
      .regex(/^[\w.:-]*$/, 'a prefix has only letters, digits and . : _ -')
      .default('scopes:'),
    /**
     * In how many parts the records of a scope are stored, each of which one node of a cluster holds. Default: 1, on a
     * cluster 256. It is fixed when a prefix is first used.
     */
    buckets: z.int().min(1).max(16_384).optional(),
  })
  .check(({ value, issues }) => {
    const refuse = (key: keyof typeof value, message: string, remedy: string) =>
      issues.push({ code: 'custom', input: value, path: [key], message, params: { remedy } })
    const [first, ...others] = ways.filter((way) => value[way] !== undefined)
    for (const other of others) refuse(other, `does not go together with ${first}`, 'Name the server in one way.')
    if (value.cluster && value.db !== 0) refuse('db', 'is not a database of a cluster', 'It has the database 0 only.')
  })

export type RedisOptions = z.infer<typeof redisOptions>
