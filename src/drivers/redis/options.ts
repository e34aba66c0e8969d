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

const address = addressOption('10.0.0.1:6379')

const sentinel = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .meta({ description: 'The name of the master in the sentinels.', examples: ['mymaster'] }),
    nodes: z.array(address).min(1),
    username: z.string().min(1).optional(),
    ...passwordOptions(),
  })
  .check(({ value, issues }) => {
    const refuse = refuserOf(value, issues)
    for (const { key, message, remedy } of severalPasswords(value, false)) refuse(key, message, remedy)
  })

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
    port: portOption,
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
    ...passwordOptions(),
    db: z.int().min(0).optional(),
    tls: tlsOption('redis').optional(),
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
    const refuse = refuserOf(value, issues)
    for (const { key, message, remedy } of [
      ...severalWays(ways, value),
      ...repeatedBeside('db', value),
      ...severalPasswords(value, hasPassword(value.url)),
    ])
      refuse(key, message, remedy)
    if (value.url?.startsWith('rediss:') && value.tls === false)
      refuse('tls', 'contradicts the url, which begins with rediss://', 'Write it in one place.')
    if (value.cluster && value.db !== undefined && value.db !== 0)
      refuse('db', 'is not a database of a cluster', 'A cluster has only the database 0.')
  })

export type RedisOptions = z.infer<typeof redisOptions>
