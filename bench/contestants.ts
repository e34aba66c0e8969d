/*
 * The libraries that take part. Each is compared by the cost that it adds to its bare framework.
 */

export type Framework = 'koa' | 'express' | 'fastify'

export interface Contestant {
  readonly name: string
  /** `bare`: the framework alone. `wire`: Koa with only Redis commands. */
  readonly role: 'bare' | 'wire' | 'peer' | 'ours'
  readonly framework: Framework
  readonly storage: 'none' | 'redis' | 'lmdb'
  /** A file of servers/. */
  readonly file: string
  readonly variant?: string
}

export const contestants: readonly Contestant[] = [
  { name: 'Koa', role: 'bare', framework: 'koa', storage: 'none', file: 'koa' },
  { name: 'Express', role: 'bare', framework: 'express', storage: 'none', file: 'express' },
  { name: 'Fastify', role: 'bare', framework: 'fastify', storage: 'none', file: 'fastify' },
  { name: 'one command', role: 'wire', framework: 'koa', storage: 'redis', file: 'koa-one-command' },
  { name: 'two commands', role: 'wire', framework: 'koa', storage: 'redis', file: 'koa-two-commands' },
  { name: 'koa-session', role: 'peer', framework: 'koa', storage: 'redis', file: 'koa-session' },
  { name: 'koa-generic-session', role: 'peer', framework: 'koa', storage: 'redis', file: 'koa-generic-session' },
  { name: 'express-session', role: 'peer', framework: 'express', storage: 'redis', file: 'express-session' },
  { name: '@fastify/session', role: 'peer', framework: 'fastify', storage: 'redis', file: 'fastify-session' },
  {
    name: 'koa-scopes, cluster: true',
    role: 'ours',
    framework: 'koa',
    storage: 'redis',
    file: 'koa-scopes',
    variant: 'cluster',
  },
  {
    name: 'koa-scopes, behind',
    role: 'ours',
    framework: 'koa',
    storage: 'redis',
    file: 'koa-scopes',
    variant: 'behind',
  },
  {
    name: 'koa-scopes, response',
    role: 'ours',
    framework: 'koa',
    storage: 'redis',
    file: 'koa-scopes',
    variant: 'response',
  },
  { name: 'koa-scopes, LMDB', role: 'ours', framework: 'koa', storage: 'lmdb', file: 'koa-scopes', variant: 'lmdb' },
]
