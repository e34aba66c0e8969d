/*
 * The libraries that take part. Each is compared by the cost that it adds to its bare framework.
 */

type Framework = 'koa' | 'express' | 'fastify' | 'hono'

export type StorageName = 'none' | 'redis' | 'lmdb' | 'postgres' | 'mariadb' | 'sqlite' | 'hazelcast' | 'mongodb'

export interface Contestant {
  readonly name: string
  /** `bare`: the framework alone. `wire`: Koa with only the commands of a store. */
  readonly role: 'bare' | 'wire' | 'peer' | 'ours'
  readonly framework: Framework
  readonly storage: StorageName
  /** A file of servers/. */
  readonly file: string
  /**
   * The mode of koa-scopes: `cluster: true`, also with a touch at each visit; or memory-first, `memory` with the default backup.
   * `sealed`: with `encrypt`.
   */
  readonly variant?: 'cluster' | 'touching' | 'behind' | 'response' | 'memory' | 'sealed cluster' | 'sealed response'
}

const bare = {
  koa: { name: 'Koa', role: 'bare', framework: 'koa', storage: 'none', file: 'koa' },
  express: { name: 'Express', role: 'bare', framework: 'express', storage: 'none', file: 'express' },
  fastify: { name: 'Fastify', role: 'bare', framework: 'fastify', storage: 'none', file: 'fastify' },
  hono: { name: 'Hono', role: 'bare', framework: 'hono', storage: 'none', file: 'hono' },
} as const satisfies Record<Framework, Contestant>

const ours = { role: 'ours', framework: 'koa', file: 'koa-scopes' } as const
const onExpress = { role: 'peer', framework: 'express' } as const

const variantsOn = <S extends StorageName>(storage: S) => [
  { ...ours, name: 'koa-scopes, cluster: true', storage, variant: 'cluster' } as const,
  { ...ours, name: 'koa-scopes, each touch', storage, variant: 'touching' } as const,
  { ...ours, name: 'koa-scopes, behind', storage, variant: 'behind' } as const,
  { ...ours, name: 'koa-scopes, response', storage, variant: 'response' } as const,
]

/** Those of more than one group. */
const onRedis = {
  cluster: { ...ours, name: 'koa-scopes, cluster: true', storage: 'redis', variant: 'cluster' },
  response: { ...ours, name: 'koa-scopes, response', storage: 'redis', variant: 'response' },
} as const

/** The contestants that one run compares. */
const groups = {
  redis: [
    bare.koa,
    bare.express,
    bare.fastify,
    bare.hono,
    { name: 'one command', role: 'wire', framework: 'koa', storage: 'redis', file: 'koa-one-command' },
    { name: 'two commands', role: 'wire', framework: 'koa', storage: 'redis', file: 'koa-two-commands' },
    { name: 'one LMDB write', role: 'wire', framework: 'koa', storage: 'lmdb', file: 'koa-one-lmdb-write' },
    { name: 'koa-session', role: 'peer', framework: 'koa', storage: 'redis', file: 'koa-session' },
    { name: 'koa-generic-session', role: 'peer', framework: 'koa', storage: 'redis', file: 'koa-generic-session' },
    { ...onExpress, name: 'express-session', storage: 'redis', file: 'express-session' },
    { name: '@fastify/session', role: 'peer', framework: 'fastify', storage: 'redis', file: 'fastify-session' },
    { name: 'hono-sessions', role: 'peer', framework: 'hono', storage: 'redis', file: 'hono-sessions' },
    { name: 'iron-session', role: 'peer', framework: 'koa', storage: 'none', file: 'iron-session' },
    onRedis.cluster,
    { ...ours, name: 'koa-scopes, behind', storage: 'redis', variant: 'behind' },
    onRedis.response,
    { ...ours, name: 'koa-scopes, LMDB', storage: 'lmdb', variant: 'memory' },
  ],
  sql: [
    bare.koa,
    bare.express,
    { ...onExpress, name: 'connect-pg-simple', storage: 'postgres', file: 'connect-pg-simple' },
    { ...onExpress, name: 'express-mysql-session', storage: 'mariadb', file: 'express-mysql-session' },
    { ...ours, name: 'koa-scopes on PostgreSQL, cluster', storage: 'postgres', variant: 'cluster' },
    { ...ours, name: 'koa-scopes on PostgreSQL, each touch', storage: 'postgres', variant: 'touching' },
    { ...ours, name: 'koa-scopes on PostgreSQL, behind', storage: 'postgres', variant: 'behind' },
    { ...ours, name: 'koa-scopes on PostgreSQL, response', storage: 'postgres', variant: 'response' },
    { ...ours, name: 'koa-scopes on MariaDB, cluster', storage: 'mariadb', variant: 'cluster' },
    { ...ours, name: 'koa-scopes on SQLite, cluster', storage: 'sqlite', variant: 'cluster' },
    { ...ours, name: 'koa-scopes on SQLite, memory-first', storage: 'sqlite', variant: 'memory' },
  ],
  /** Without a peer: no maintained session store for Node uses Hazelcast. */
  hazelcast: [bare.koa, ...variantsOn('hazelcast')],
  mongodb: [
    bare.koa,
    bare.express,
    { ...onExpress, name: 'connect-mongo', storage: 'mongodb', file: 'connect-mongo' },
    ...variantsOn('mongodb'),
  ],
  /** Values as they are, and sealed. Without a peer. */
  encrypt: [
    bare.koa,
    onRedis.cluster,
    { ...ours, name: 'koa-scopes, cluster: true, sealed', storage: 'redis', variant: 'sealed cluster' },
    onRedis.response,
    { ...ours, name: 'koa-scopes, response, sealed', storage: 'redis', variant: 'sealed response' },
  ],
} as const satisfies Record<string, readonly Contestant[]>

export type GroupName = keyof typeof groups

export const contestantsOf = (group: GroupName): readonly Contestant[] => groups[group]

export const groupNames = Object.keys(groups) as readonly GroupName[]

/** The contestants of all groups. */
export const contestants: readonly Contestant[] = [...new Set<Contestant>(groupNames.flatMap(contestantsOf))]

export function isGroup(name: string): name is GroupName {
  return Object.hasOwn(groups, name)
}
