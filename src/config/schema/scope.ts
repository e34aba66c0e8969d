import { z } from 'zod'
import { isAttributeName } from '../../scopes/attributes/attribute-name.js'
import type { Duration } from '../../support/duration.js'
import { byteSize, duration, interval, timeout } from '../../support/option-types.js'
import { carriersSchema } from './carriers.js'
import { cookieSchema } from './cookie.js'
import { storageSchema } from './storage.js'
import { section } from './values.js'

const attributeName = z
  .string()
  .min(1)
  .refine(isAttributeName, 'is not the name of an attribute')
  .meta({ description: 'The name of an attribute.', examples: ['socket'] })

const shape = (idle: Duration, persistent: boolean) => ({
  storage: storageSchema,
  cluster: z
    .boolean()
    .prefault(false)
    .meta({
      description:
        'true: the records live in the cache, so any node serves any visitor. false: they live in the memory of this node and are backed up to the cache.',
      examples: [true],
    }),
  timeout: timeout({
    description: 'A record ends when no request came for this time. Default: 30m for sessions, 90d for clients.',
    examples: [idle],
  }).prefault(idle),
  firstTimeout: duration({
    description:
      'The timeout of a record that onSessionStart began and nothing else was written to, until its visitor comes back with the cookie. For sites that bots visit. Default: the timeout.',
    examples: ['2m'],
  }).optional(),
  lifetime: timeout({
    description:
      'A record ends this time after its creation at the latest. Default: never; 12h for a session in a sealed cookie.',
    examples: ['12h'],
  }).optional(),
  backup: z
    .enum(['response', 'behind'])
    .optional()
    .meta({
      description:
        'cluster: false only: whether the response waits for the backup (default: response) or leaves before it.',
      examples: ['response'],
    }),
  whenUnavailable: z
    .enum(['fail', 'local'])
    .optional()
    .meta({
      description:
        'When the store cannot be reached: fail answers 503; local goes on with the records in memory. Default: fail with cluster: true, else local.',
      examples: ['fail'],
    }),
  onUndecodable: z
    .enum(['drop', 'fail'])
    .prefault('drop')
    .meta({
      description: 'An attribute that cannot be decoded reads as absent (drop), or fails the request (fail).',
      examples: ['drop'],
    }),
  reportLateChanges: z
    .union([z.boolean(), z.literal('auto')])
    .prefault('auto')
    .meta({
      description:
        'Whether each request looks, after its response, for values that were changed in place too late to be saved, and reports them. A help for developers that takes time: auto leaves it out where NODE_ENV is production.',
      examples: [true],
    }),
  endGrace: duration({
    description: 'How long an ended record waits for its end handler when all nodes are down.',
    examples: ['7d'],
  }).prefault('7d'),
  endEvents: z
    .enum(['explicit'])
    .optional()
    .meta({
      description:
        'Sealed cookies only: the end handler runs at invalidate() and never at an expiry, which nothing notices. Required if the application defines that handler.',
      examples: ['explicit'],
    }),
  concurrency: z
    .enum(['merge', 'optimistic'])
    .prefault('merge')
    .meta({
      description:
        'When two requests change a record: both are saved, attribute by attribute (merge), or the later one fails with 409 (optimistic, cluster: true only).',
      examples: ['optimistic'],
    }),
  touchInterval: interval({
    description:
      'cluster: true only: a visit that follows another within this time is not written to the store at once, which saves writes and may end a record that much early. At most a tenth of the timeout; 0s: every visit is written. Default: 1s.',
    examples: ['1s'],
  }).optional(),
  transient: z
    .union([
      z.array(attributeName).transform((names) => ({ names, mayBeAbsent: false })),
      z.strictObject({
        names: z.array(attributeName).meta({ description: 'The names of the attributes.', examples: [['socket']] }),
        mayBeAbsent: z
          .boolean()
          .prefault(false)
          .meta({
            description: 'The handlers cope where another node has the value. Required with cluster: true.',
            examples: [true],
          }),
      }),
    ])
    .prefault([])
    .meta({
      description:
        'Names of attributes that are kept on this node only and never stored, with any values: open sockets, handles. They do not survive a restart.',
      examples: [['socket']],
    }),
  locks: z
    .boolean()
    .prefault(false)
    .meta({ description: 'true: refuse to start on a cache whose driver has no locks.', examples: [true] }),
  memory: byteSize({
    description: 'How much of encoded attributes this node keeps in memory.',
    examples: ['64mb'],
  }).prefault('64mb'),
  maxSize: byteSize({
    description:
      'The most that one record may take, encoded, with the names of its attributes. A request that would make it larger fails with 413.',
    examples: ['4mb'],
  }).prefault('4mb'),
  carriers: carriersSchema,
  cookie: cookieSchema(persistent),
})

const limit = z
  .strictObject({
    perPrincipal: z
      .int()
      .min(1)
      .meta({ description: 'How many sessions one user may have.', examples: [3] }),
    // biome-ignore lint/suspicious/noThenProperty: the word reads well in a file, and awaiting a string is harmless
    then: z
      .enum(['endOldest', 'refuse'])
      .prefault('endOldest')
      .meta({
        description: 'The effect of a login beyond the limit: the oldest session ends, or the login is refused.',
        examples: ['endOldest'],
      }),
  })
  .optional()
  .meta({ description: 'How many sessions one principal may have at once. Default: any number.' })

const remember = section(
  'The life of sessions that login(principal, { remember: true }) has made, in place of timeout and lifetime. Their cookie outlives the browser.',
  {
    timeout: timeout({
      description:
        'Such a session ends when no request came for this time. Default: 30d, or the timeout if that is longer.',
      examples: ['30d'],
    }).optional(),
    lifetime: timeout({
      description: 'Such a session ends this time after its creation at the latest.',
      examples: ['365d'],
    }).prefault('never'),
  },
)

export const sessionSchema = declared(z.strictObject({ ...shape('30m', false), limit, remember })).meta({
  description: 'The session scope. Absent or false: off. Empty: on, with all defaults.',
})

export const clientSchema = declared(z.strictObject(shape('90d', true))).meta({
  description: 'The client scope. Absent or false: off. Empty: on, with all defaults.',
})

/** Parses a scope; undefined if it is off. */
function declared<Scope extends z.ZodType>(scope: Scope) {
  return z
    .union([z.literal(false), scope.nullable()])
    .optional()
    .transform((given) => (given === null ? scope.parse({}) : given || undefined))
}
